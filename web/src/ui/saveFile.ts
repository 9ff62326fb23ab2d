/** Hands the reader a file made on the page. */
export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The click has taken what it needs by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name that every file system takes. */
export const fileName = (title: string, ending: string): string =>
  `${title.replace(/[^\p{L}\p{N} _-]+/gu, '').trim().slice(0, 60) || 'onecouch'}.${ending}`;
