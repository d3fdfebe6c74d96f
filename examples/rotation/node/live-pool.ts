/** A PostgreSQL pool that always uses the newest login from podkey. To support rotation, copy this file. */
import { Pool } from "pg";
import type { PoolConfig, QueryResult } from "pg";
import type { HeldCredential, LiveCredential } from "podkey/client";

type Login = "username" | "password";

/**
 * Queries through a pool with the newest login. A change opens a new pool for new queries. The old pool finishes its queries
 * and is then closed, so no query fails.
 */
export class LivePool {
  readonly #config: PoolConfig;
  #pool: Pool;

  private constructor(config: PoolConfig, login: HeldCredential<Login>) {
    this.#config = config;
    this.#pool = this.#open(login);
  }

  /** Resolves as soon as podkey has the credential. */
  static async open(db: LiveCredential<Login>, config: PoolConfig): Promise<LivePool> {
    const live = new LivePool(config, await db.ready());
    db.onChange((login) => {
      if (login === undefined) return; // removed: connections stay open, and the database decides
      const before = live.#pool;
      live.#pool = live.#open(login);
      void drain(before);
    });
    return live;
  }

  query(text: string, values: unknown[]): Promise<QueryResult> {
    return this.#pool.query(text, values);
  }

  close(): Promise<void> {
    return drain(this.#pool);
  }

  #open(login: HeldCredential<Login>): Pool {
    const pool = new Pool({
      ...this.#config,
      user: login.text("username"),
      password: login.text("password"),
    });
    // Errors of idle connections; without a listener they would end the process. The pool removes such a connection.
    pool.on("error", (error) => console.error(`an idle connection ended: ${error.message}`));
    return pool;
  }
}

/** Ends a pool when all its queries are done: `end()` alone drops those that wait for a connection. */
async function drain(pool: Pool): Promise<void> {
  while (pool.waitingCount > 0) await new Promise((resolve) => pool.once("release", resolve));
  await pool.end();
}
