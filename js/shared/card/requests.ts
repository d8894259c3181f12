/** Questions of simulations that wait for an answer, each with a form to reply. */
import { h, setText, show } from "../dom";
import { anyFields } from "../form/fields";
import { Form } from "../form/form";
import { formatClock } from "../format";
import { icon } from "../icons";
import type { Request, Simulation } from "./simulation";

interface RequestCalls {
  reply(simId: string, channel: string, value: unknown): Promise<unknown>;
  dismiss(simId: string, requestId: string): Promise<unknown>;
}

const ANY = "reply";

export class RequestNotes {
  readonly element = h("section", { label: "Control requests", hidden: true });
  readonly #calls: RequestCalls;
  readonly #notes = new Map<string, HTMLElement>();

  constructor(calls: RequestCalls) {
    this.#calls = calls;
  }

  /** A note keeps its place and what was typed into it as long as its question waits. */
  update(sims: readonly Simulation[], isGroup: boolean, canReply: boolean): void {
    const open = sims.flatMap((sim) => sim.requests.map((request) => ({ sim, request })));
    const ids = new Set(open.map(({ request }) => request.id));
    for (const [id, note] of this.#notes) {
      if (ids.has(id)) continue;
      note.remove();
      this.#notes.delete(id);
    }
    for (const { sim, request } of open) {
      if (this.#notes.has(request.id)) continue;
      const note = this.#note(sim, request, isGroup, canReply);
      this.#notes.set(request.id, note);
      this.element.append(note);
    }
    show(this.element, open.length > 0);
  }

  #note(sim: Simulation, request: Request, isGroup: boolean, canReply: boolean): HTMLElement {
    const { id, channel, details, subkeys } = request;
    const dismiss = h("button", { class: "gd-btn is-low", type: "button", text: "Dismiss" });
    const trouble = h("p", { class: "gd-muted gd-small", role: "alert", hidden: true });
    dismiss.addEventListener("click", () => {
      this.#calls.dismiss(sim.id, id).catch((error: Error) => {
        setText(trouble, error.message);
        show(trouble, true);
      });
    });
    const names = subkeys.length ? subkeys : [ANY];
    const form = new Form(anyFields(names, !subkeys.length), "Reply", (values) =>
      this.#calls.reply(sim.id, channel, subkeys.length ? values : values[ANY]),
    );
    const time = request.time === null ? "" : formatClock(request.time);
    return h(
      "div",
      { class: "gd-note" },
      h(
        "div",
        { class: "gd-bar" },
        icon("ask", "is-accent"),
        h("h2", { text: isGroup ? `${sim.name} waits for a reply` : "Waits for a reply" }),
        h("span", {
          class: "gd-muted gd-small",
          text: [channel, time].filter(Boolean).join(" \u00b7 "),
        }),
        h("span", { class: "gd-grow" }),
        canReply ? dismiss : null,
      ),
      details ? h("p", { class: "gd-message", text: details }) : null,
      canReply ? form.element : null,
      trouble,
    );
  }
}
