/**
 * Queries PostgreSQL through a pool that always uses the newest login from podkey. PODKEY_ENDPOINT is the address of
 * podkey; PGHOST and PGDATABASE name the database.
 *
 * It prints `ready`, `served N` at every hundredth query, `failed MESSAGE` for each that failed, and on SIGTERM
 * `done N queries, M failed`.
 */
import { credential } from "podkey/client";
import { LivePool } from "./live-pool.ts";

const WORKERS = 4;

const db = credential("db-main", { keys: ["username", "password"] });
const pool = await LivePool.open(db, { application_name: "shop-node", max: 3 });
console.log("ready");

const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

let served = 0;
let failed = 0;

async function work(seconds: number): Promise<void> {
  while (!stopping.signal.aborted) {
    try {
      await pool.query("select pg_sleep($1)", [seconds]);
      served++;
      if (served % 100 === 0) console.log("served", served);
    } catch (error) {
      failed++;
      console.log("failed", error instanceof Error ? error.message : error);
    }
  }
}

// One that is slow, and so in use when the login changes.
await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker === 0 ? 0.3 : 0.002)));
await pool.close();
db.close();
console.log(`done ${String(served)} queries, ${String(failed)} failed`);
