/** Follows a link within the page, and leaves those alone that are to open elsewhere. */
export const follow = (go: (path: string) => void, path: string) => (event: MouseEvent): void => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  go(path);
};
