"""A classifier in conversation: it answers what pictures show while it trains, and waits for them afterwards.

Needs no torch.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gymdash_jupyter.actions import is_action
from gymdash_jupyter.channels import CUSTOM_QUERY, PROGRESS_STATUS, STOP
from gymdash_jupyter.errors import GymDashError, InvalidArgumentError, StopSimException
from gymdash_jupyter.simulations.torch_inference import (
    KEYS,
    answer_of,
    how_to_ask,
    in_words,
    is_done,
    sent_picture,
    wanted_index,
)

if TYPE_CHECKING:
    from gymdash_jupyter.simulations.torch_classifier import MLSimulation
    from gymdash_jupyter.simulations.torch_phases import Phases

LOOK_INTERVAL_S = 0.02
"""How often it looks at its channels while it waits for pictures."""


class Conversation:
    """Answer for one simulation. Used by its thread.

    Args:
        simulation: Which one.
        phases: Has the model and the samples.
    """

    def __init__(self, simulation: MLSimulation, phases: Phases) -> None:
        self._simulation = simulation
        self._phases = phases
        self._is_waiting = False
        self._is_over = False
        self._said = ""

    def answer_if_asked(self) -> None:
        """Answer what is asked on ``custom_query``, unless it is an action; a mistake with what is wrong."""
        interactor = self._simulation.interactor
        is_asked, question = interactor.get_in(CUSTOM_QUERY)
        if is_asked and not is_action(question):
            interactor.set_out(CUSTOM_QUERY, self._reply(question))

    def recognise(self, question: Any) -> dict[str, Any]:
        """Say what a sample of the test set, or a picture, shows; see ``torch_inference``.

        Raises:
            InvalidArgumentError: It is neither.
        """
        phases = self._phases
        index = wanted_index(question, phases.n_test)
        if index is not None:
            sample, label = phases.splits.test[index]
            return answer_of(phases.probabilities(sample), int(label))
        picture = sent_picture(question, phases.sample_shape, self._simulation.input_scale)
        return answer_of(phases.probabilities(picture))

    def wait_for_pictures(self) -> None:
        """Ask for pictures and answer them until somebody says that it is over.

        Raises:
            StopSimException: It was asked to stop.
        """
        simulation, phases = self._simulation, self._phases
        how = how_to_ask(phases.sample_shape, phases.n_test, simulation.input_scale)
        simulation.interactor.set_out_if_in(PROGRESS_STATUS, "Waiting for pictures")
        self._is_waiting = True
        with simulation.paused():
            while not self._is_over:
                if not simulation.interactor.has_requests:
                    question = f"{self._said}\n\n{how}" if self._said else how
                    simulation.interactor.add_control_request(CUSTOM_QUERY, question, *KEYS)
                simulation.base_step()
                if simulation.interactor.set_out_if_in(STOP, True):
                    simulation.set_cancelled()
                    raise StopSimException
                time.sleep(LOOK_INTERVAL_S)

    def _reply(self, question: Any) -> dict[str, Any]:
        try:
            if is_done(question):
                return self._end()
            answer = self.recognise(question)
        except StopSimException:
            raise
        except GymDashError as exc:
            self._said = str(exc)
            return {"error": self._said}
        except Exception as exc:  # noqa: BLE001 - a foreign model's error is its asker's
            self._said = f"It could not be recognised: {type(exc).__name__}: {exc}"
            return {"error": self._said}
        self._said = in_words(answer)
        return answer

    def _end(self) -> dict[str, Any]:
        if not self._is_waiting:
            msg = "It does not wait for pictures yet, so there is nothing to end."
            raise InvalidArgumentError(msg)
        self._is_over = True
        return {"done": True}
