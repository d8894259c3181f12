/** Keeps JupyterLab from closing widgets that this page has no widget manager for yet. */
import type { Kernel } from "@jupyterlab/services";

/** Name of the comms of ipywidgets. */
const WIDGETS = "jupyter.widget";

/**
 * Leave a kernel's new widgets alone until a widget manager takes over.
 *
 * JupyterLab closes what is opened for a target that it does not know: in the kernel, hence for every page. A page has
 * no manager until it shows a panel, while another page that shows one may have widgets made at any time. The manager
 * registers in the place of this, and asks the kernel for the widgets that it has missed.
 */
export function leaveWidgetsAlone(kernel: Kernel.IKernelConnection): void {
  kernel.registerCommTarget(WIDGETS, (comm) => comm.dispose()); // the page's end: the kernel hears nothing
}
