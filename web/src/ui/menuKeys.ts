/** Arrow keys, Home and End in a menu of rows. */
export function menuKeys(event: KeyboardEvent): void {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement)) return;
  const all = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = all.findIndex((one) => one === document.activeElement);
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const index = to[event.key];
  if (index === undefined || all.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  all[(index + all.length) % all.length]?.focus();
}
