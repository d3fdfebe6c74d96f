// Incidents between podkey and the API server.
import type { Incident } from "../../../support/drill/incident.ts";
import { createCertificateAuthority } from "../../../support/tls/certificate-authority.ts";

/** The requests of `podkey check` and the diagnosis that are always allowed. */
const REVIEWS = { verbs: ["create"], resources: ["*"] };

export const SOURCE_INCIDENTS: readonly Incident[] = [
  {
    title: "Wrong selector",
    play: async (stage) => {
      await stage.serve(["--selector", "podkey.dev/serve=yes"]);
      const log = await stage.logged("app_ready");
      return { before: undefined, during: await stage.scrape(), log, fields: ["credentials"] };
    },
    metric: ["podkey_snapshot_credentials"],
    alerts: ["PodkeyServesNothing"],
    atMinutes: 6,
    check: { line: /^warn +selection +(.*)$/m, code: 0 },
  },
  {
    title: "RBAC missing",
    play: async (stage) => {
      stage.server.access.setRules([REVIEWS]);
      await stage.serve();
      const log = await stage.logged("kube_forbidden");
      return { before: undefined, during: await stage.scrape(), log, fields: ["missing"] };
    },
    metric: ["podkey_source_state", 'reason="FORBIDDEN"'],
    alerts: ["PodkeyForbidden", "PodkeyNotSynced"],
    atMinutes: 6,
    check: { line: /^fail +permission +(.*)$/m, code: 3 },
  },
  {
    title: "RBAC revoked",
    play: async (stage) => {
      await stage.serve();
      await stage.logged("app_ready");
      const before = await stage.scrape();
      stage.server.access.setRules([REVIEWS]);
      // The server does not close an open watch. This is its end by timeout.
      (await stage.server.watch()).end();
      const log = await stage.logged("sync_trouble", "FORBIDDEN");
      return { before, during: await stage.scrape(), log, fields: ["reason"] };
    },
    metric: ["podkey_source_state", 'reason="FORBIDDEN"'],
    alerts: ["PodkeyForbidden"],
    atMinutes: 6,
    check: { line: /^fail +permission +(.*)$/m, code: 3 },
  },
  {
    title: "API server down",
    play: async (stage) => {
      await stage.serve();
      await stage.logged("app_ready");
      const before = await stage.scrape();
      await stage.server.kill();
      const log = await stage.logged("sync_trouble", "UNREACHABLE");
      await stage.stale();
      return { before, during: await stage.scrape(), log, fields: ["reason"] };
    },
    metric: ["podkey_stale_scopes", 'reason="UNREACHABLE"'],
    alerts: ["PodkeyStale"],
    atMinutes: 6,
    check: { line: /^fail +(.*)$/m, code: 7 },
  },
  {
    title: "Token expired",
    play: async (stage) => {
      await stage.serve();
      await stage.logged("app_ready");
      const before = await stage.scrape();
      stage.server.access.setTokens({});
      (await stage.server.watch()).end();
      const log = await stage.logged("sync_trouble", "UNAUTHORIZED");
      return { before, during: await stage.scrape(), log, fields: ["reason"] };
    },
    metric: ["podkey_source_state", 'reason="UNAUTHORIZED"'],
    alerts: ["PodkeyUnauthorized"],
    atMinutes: 6,
    check: { line: /^fail +(.*)$/m, code: 3 },
  },
  {
    title: "CA rotated",
    play: async (stage) => {
      await stage.serve();
      await stage.logged("app_ready");
      const before = await stage.scrape();
      await stage.server.kill();
      stage.server.setCertificate(createCertificateAuthority("another CA").issue());
      await stage.server.start();
      const log = await stage.logged("sync_trouble", "ertificate");
      await stage.stale();
      return { before, during: await stage.scrape(), log, fields: ["reason", "error"] };
    },
    metric: ["podkey_kube_requests_total", 'code="tls"'],
    alerts: ["PodkeyApiServerUntrusted", "PodkeyStale"],
    atMinutes: 6,
    check: { line: /^fail +(.*)$/m, code: 7 },
  },
  {
    title: "Limit reached",
    play: async (stage) => {
      await stage.serve(["--max-credentials", "2"]);
      await stage.logged("app_ready");
      const before = await stage.scrape();
      for (const name of ["api", "mail"]) stage.server.putSecret("default", name, { key: "drill" });
      const log = await stage.logged("store_over_limits");
      return { before, during: await stage.scrape(), log, fields: ["maxCredentials"] };
    },
    metric: ["podkey_stale_scopes", 'reason="LIMIT"'],
    alerts: ["PodkeyOverLimits"],
    atMinutes: 6,
    check: { line: /^fail +source +(.*)$/m, code: 2 },
  },
];
