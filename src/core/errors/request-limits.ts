/** What List and Watch accept, for the checks of a request and for the texts that name these limits. */

/** Credentials in a page where `page_size` is 0. */
export const DEFAULT_PAGE_SIZE = 100;

/** Most credentials in a page; a larger `page_size` is taken as this. */
export const PAGE_SIZE_LIMIT = 1000;

/** Most `names` of a request. */
export const NAMES_LIMIT = 1000;

/** The valid values of `page_size`, for messages. */
export const VALID_PAGE_SIZES = `0 (which means ${String(DEFAULT_PAGE_SIZE)}), or 1 to ${withCommas(PAGE_SIZE_LIMIT)}`;

/** A limit as the documentation writes it: 1,000. */
export function withCommas(limit: number): string {
  return String(limit).replace(/\B(?=(\d{3})+$)/g, ",");
}
