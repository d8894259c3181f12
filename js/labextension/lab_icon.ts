/** GymDash's icon in JupyterLab: a curve on its axes. */
import { LabIcon } from "@jupyterlab/ui-components";

// jp-icon3 colours what has a stroke of its own, and would fill what has a fill of its own.
const DRAWN = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" fill="none">
<g class="jp-icon3" stroke="#616161" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">
<path d="M2.5 2.5v11h11"/><path d="m4.5 10 2.8-3.2 2.2 1.6 3.6-4.6"/></g></svg>`;

export const gymdashIcon = new LabIcon({ name: "gymdash-jupyter:curve", svgstr: DRAWN });
