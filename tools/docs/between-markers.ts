/**
 * Generated parts of pages that are otherwise written by hand, between two comments.
 */

/** The page with `text` between `<!-- NAME: begin (npm run docs) -->` and `<!-- NAME: end -->`. @throws if they are not there. */
export function betweenMarkers(page: string, name: string, text: string): string {
  const begin = new RegExp(`<!-- ${name}: begin \\([^)]*\\) -->`).exec(page);
  const end = page.indexOf(`<!-- ${name}: end -->`);
  if (begin === null || end < begin.index)
    throw new Error(`a page has lost its markers <!-- ${name}: begin (…) --> and <!-- ${name}: end -->`);
  return `${page.slice(0, begin.index + begin[0].length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}
