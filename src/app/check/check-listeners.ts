/**
 * Checks listeners without opening them: the folders exist and are writable. Warns about TCP.
 */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { ListenAddress } from "../../config/value/address.ts";
import { formatListen } from "../../config/value/address.ts";
import type { ConsumerConfig } from "../../config/schema/sidecar-config.ts";
import { EXIT } from "../../exit-code.ts";
import type { Finding } from "./finding.ts";

/** One finding per listener. */
export async function checkListeners(consumers: readonly ConsumerConfig[]): Promise<readonly Finding[]> {
  const all = consumers.flatMap((consumer) =>
    consumer.listen.map((listen) => checkListener(consumer, listen)),
  );
  return Promise.all(all);
}

async function checkListener(consumer: ConsumerConfig, listen: ListenAddress): Promise<Finding> {
  const subject = `listener ${consumer.name}`;
  const text = formatListen(listen);
  if (listen.kind === "tcp") {
    const guard =
      consumer.tokenFile === undefined
        ? "and it has no token; use unix:, or add a tokenFile"
        : "so its token is the only protection; prefer unix:";
    return {
      subject,
      level: "warn",
      text: `every container of the pod (with hostNetwork: every process of the node) can connect to ${text}, ${guard}.`,
    };
  }
  const folder = dirname(listen.path);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const what =
      code === "ENOENT"
        ? "does not exist; create it, or mount an emptyDir there"
        : `is not writable (${code}); give podkey's user or fsGroup write permission`;
    return {
      subject,
      level: "fail",
      exitCode: EXIT.listener,
      text: `the folder ${folder} of ${text} ${what}.`,
    };
  }
  return { subject, level: "ok", text: `${text} can be opened.` };
}
