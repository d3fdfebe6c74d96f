/**
 * Patterns of names in policy rules and `--require`: `*` matches any characters. There is no other wildcard, so a name is
 * never a pattern by accident.
 */

/** Whether the name fits the pattern. Linear in their lengths: no backtracking. */
export function globMatches(pattern: string, name: string): boolean {
  return compileGlob(pattern)(name);
}

/** The same for many names. */
export function compileGlob(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  if (parts.length === 1) return (name) => name === pattern;
  const last = parts[parts.length - 1] ?? "";
  const between = parts.slice(1, -1);
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
      return false;
    let from = first.length;
    const end = name.length - last.length;
    for (const part of between) {
      const at = name.indexOf(part, from);
      if (at === -1 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}
