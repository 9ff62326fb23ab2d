export const LANGUAGES: readonly string[];
export const PARTS: readonly string[];
export function forms(language: string): string[];
export function faults(language: string, part: string, english?: Readonly<Record<string, string>>, own?: Readonly<Record<string, string>>): string[];
