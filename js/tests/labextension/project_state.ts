import type { ProjectState } from "../../labextension/source";

/** What a kernel with an open project says. */
export const STATE: ProjectState = {
  project: "/home/ann/rl/.gymdash-projects",
  place: "rl/.gymdash-projects",
  home: "/home/ann",
  cwd: "/home/ann/rl",
  is_read_only: false,
  open_requests: 0,
  size_bytes: null,
  is_starting: false,
  can_start: true,
  version: "0.1.0",
  pid: 1,
};
