/** Players that are too large for the page itself: files beside it, fetched when first wanted. */

/** A file that stands alone, as a module. */
export async function aside<T>(path: string): Promise<T> {
  try {
    return (await import(/* @vite-ignore */ path)) as T;
  } catch {
    // Where the frame has no origin, "self" in its policy names nobody; what the page made itself is allowed all the same.
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const made = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }));
    try {
      return (await import(/* @vite-ignore */ made)) as T;
    } finally {
      URL.revokeObjectURL(made);
    }
  }
}
