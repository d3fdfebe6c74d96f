/**
 * What podkey puts into `version_info`: the revision that the certificates are of, with the epoch of the view that counts
 * it. A client only compares it; a person finds it in the log beside what a client refused.
 */
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { View } from "../../core/view/view.ts";

/** `epoch.revision`, for example `cE3xq0tTz9Wb.14`. */
export function versionText(view: Pick<ConsumerView, "epoch">, { number }: Pick<View, "number">): string {
  return `${view.epoch}.${String(number)}`;
}
