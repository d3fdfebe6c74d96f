// Incidents of credentials.
import type { Incident } from "../../../support/drill/incident.ts";
import { testAuthority } from "../../../support/tls/certificate-authority.ts";

const DAY_MS = 86_400_000;

export const CREDENTIAL_INCIDENTS: readonly Incident[] = [
  {
    title: "Certificate near its expiry",
    play: async (stage) => {
      const { certificatePem, keyPem } = testAuthority().issue({ notAfterMs: Date.now() + 2 * DAY_MS });
      const data = { "tls.crt": certificatePem, "tls.key": keyPem };
      stage.server.putSecret("default", "web-tls", data, { type: "kubernetes.io/tls" });
      await stage.serve();
      const log = await stage.logged("credential_expires_soon");
      return { before: undefined, during: await stage.scrape(), log, fields: ["namespace", "name"] };
    },
    metric: ["podkey_credential_earliest_expire_timestamp_seconds"],
    alerts: ["PodkeyCredentialExpiresSoon"],
    atMinutes: 15,
    check: { line: /^warn +credential .*$/m, code: 0 },
  },
  {
    title: "Rotation overdue",
    play: async (stage) => {
      const annotations = { "podkey.dev/next-rotation": new Date(Date.now() - DAY_MS).toISOString() };
      stage.server.putSecret("default", "api", { key: "drill" }, { annotations });
      await stage.serve();
      const log = await stage.logged("credential_rotation_overdue");
      return { before: undefined, during: await stage.scrape(), log, fields: ["namespace", "name"] };
    },
    metric: ["podkey_rotation_overdue"],
    alerts: ["PodkeyRotationOverdue"],
    atMinutes: 65,
    check: { line: /^warn +credential .*$/m, code: 0 },
  },
  {
    title: "Required credential missing",
    play: async (stage) => {
      await stage.serve(["--require", "api-key"]);
      const log = await stage.logged("app_waiting", "required");
      return { before: undefined, during: await stage.scrape(), log, fields: ["reason"] };
    },
    metric: ["podkey_required_missing"],
    alerts: ["PodkeyRequiredMissing"],
    atMinutes: 6,
    check: { line: /^fail +required +(.*)$/m, code: 5 },
    termination: true,
  },
];
