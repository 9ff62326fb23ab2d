/** Parts that are fetched when first wanted, so that the film need not wait for them. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { whole } from '../words';

/** A component out of a chunk of its own; nothing is drawn until it is there. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (loaded !== null) return;
      // What it says must be there too.
      Promise.all([load(), whole()]).then(
        ([part]) => {
          loaded = part;
          setPart(() => part);
        },
        // The line is down: the next opening tries again.
        () => undefined,
      );
    }, []);
    return Part === null ? null : <Part {...props} />;
  };
}
