/**
 * The limits of what a request may contain, for the checks in src/rpc and src/core/select and for the texts that quote
 * them. docs/api.md, "Limits", is generated from these.
 */

/** Credentials in a page where `page_size` is 0. */
export const DEFAULT_PAGE_SIZE = 100;

/** Most credentials in a page; a larger `page_size` is taken as this. */
export const PAGE_SIZE_LIMIT = 1000;

/** Most entries of `names`, `keys` or SDS `resource_names`. */
export const NAMES_LIMIT = 1000;

/** Most entries of `types`. */
export const TYPES_LIMIT = 100;

/** Largest entry of `types`, in bytes. */
export const TYPE_LIMIT_BYTES = 253;

/** Largest `label_selector`: its text in bytes, its requirements and its values. */
export const SELECTOR_LIMITS = { textBytes: 16 * 1024, requirements: 100, values: 1000 } as const;

/** The valid values of `page_size`, for messages. */
export const VALID_PAGE_SIZES = `0 (which means ${String(DEFAULT_PAGE_SIZE)}), or 1 to ${withCommas(PAGE_SIZE_LIMIT)}`;

/** A limit as the documentation writes it: 1,000. */
export function withCommas(limit: number): string {
  return String(limit).replace(/\B(?=(\d{3})+$)/g, ",");
}
