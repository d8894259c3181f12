/** Which kernel the sidebar shows. Pure. */

export interface Choice<S> {
  readonly isFollowing: boolean;
  /** The active notebook's kernel, if it has imported gymdash_jupyter. */
  readonly notebook: S | null;
  readonly notebookHasProject: boolean;
  /** The kernel of the project that was chosen last. */
  readonly own: S | null;
  /** Whether that was chosen after the notebook became the active one. */
  readonly isPinned: boolean;
}

export function chooseSource<S>(choice: Choice<S>): S | null {
  const { isFollowing, notebook, notebookHasProject, own, isPinned } = choice;
  if (own && isPinned) return own;
  if (isFollowing && notebook && notebookHasProject) return notebook;
  return own;
}
