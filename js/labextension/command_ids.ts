/** The names of GymDash's commands; the README names them, so they stay. */
export const CommandIds = {
  showSidebar: "gymdash-jupyter:show-sidebar",
  openProject: "gymdash-jupyter:open-project",
  newProject: "gymdash-jupyter:new-project",
  closeProject: "gymdash-jupyter:close-project",
  openDashboard: "gymdash-jupyter:open-dashboard",
  startSimulation: "gymdash-jupyter:start-simulation",
  newNotebook: "gymdash-jupyter:new-notebook",
  showNotebook: "gymdash-jupyter:show-notebook",
  followNotebook: "gymdash-jupyter:follow-notebook",
} as const;
