/** A choice among a few, side by side: radio buttons with arrow keys. */
interface Option<T extends string> {
  readonly value: T;
  readonly word: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

export function Segments<T extends string>({ label, options, chosen, choose }: Props<T>) {
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = options.findIndex((option) => option.value === chosen);
    const next = options[(index + step + options.length) % options.length];
    if (next === undefined) return;
    choose(next.value);
    const row = event.currentTarget;
    if (row instanceof HTMLElement) row.querySelectorAll<HTMLElement>('[role=radio]')[options.indexOf(next)]?.focus();
  };
  return (
    <div class="seg" role="radiogroup" aria-label={label} onKeyDown={key}>
      {options.map((option) => (
        <button
          key={option.value} type="button" role="radio" aria-checked={option.value === chosen}
          tabIndex={option.value === chosen ? 0 : -1} onClick={() => choose(option.value)}
        >
          {option.word}
        </button>
      ))}
    </div>
  );
}
