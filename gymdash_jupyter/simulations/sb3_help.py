"""What a person reads who asks a stable-baselines3 training for help."""

HELP = """\
Trains an agent with stable-baselines3 in a gymnasium environment.

Kwargs:
  num_steps: environment steps to train for, at least (5000). PPO and A2C finish the rollout they have begun.
  env: id of a gymnasium environment, a class or function that makes one, or a made one ("CartPole-v1").
  algorithm: a2c, ddpg, dqn, ppo, sac or td3; or a class, or its import path, such as "sb3_contrib:TQC" ("ppo").
  policy: policy network ("MlpPolicy").
  policy_kwargs: arguments of the policy, such as {"net_arch": [64], "activation_fn": "torch.nn:Tanh"} ({}).
  algorithm_kwargs: arguments of the algorithm, such as {"learning_rate": 0.001} or {"learning_rate": "linear_3e-4"},
    which falls to 0; what it gives too, it decides ({}).
  seed: makes the training repeatable; environment i gets seed + i (None: it is not).
  n_envs: how many environments are stepped together (1).
  vec_env_cls: "dummy" steps them in turn, "subproc" in processes of their own; or a class of VecEnv ("dummy").
  env_kwargs: arguments of the environment ({}).
  wrappers: gymnasium wrappers from inside out: classes, import paths, or [one of these, kwargs] ([]). A Monitor comes
    last, unless one is among them.
  vec_normalize: True or arguments of VecNormalize, such as {"norm_reward": False} (False).
  eval_every: environment steps between two evaluations in an environment of their own; 0: never (None: about ten times
    over the training, at most once a rollout and every 1000 steps).
  eval_episodes: episodes of an evaluation (5).
  stop_when: ends the training well as soon as a recorded number is reached, such as {"eval/mean_return": 475} or
    {"train/loss": ["<=", 0.1]} (None).
  episode_trigger: which episodes of the first environment are filmed: an int (every so many, from episode 0 on) or a
    function of the episode's number (never).
  step_trigger: from which steps on it is filmed, likewise (never).
  video_length: frames of a video; 0: until the episode ends (0).
  fps: frames a second of a video (30).

While it trains, it answers progress, stop_simulation (it stops at the next environment step and saves the model),
help_request and these actions, between two environment steps:
  evaluate(episodes=5, deterministic=True): play some episodes now and record how good they were.
  save_model(name=""): keep the model as it is now under models/.
  set(name, value): change a hyperparameter, such as learning_rate.
  record_video(): film the next episode, or one of an evaluation where the training is not filmed.
It keeps its models as model.zip and best_model.zip, TensorBoard files and videos in its folder."""
