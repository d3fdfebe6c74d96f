/** Prints the password of db-main, and every new one. PODKEY_ENDPOINT is the address of podkey. */
import { credential } from "podkey/client";

const db = credential("db-main", { keys: ["username", "password"] });

db.onChange((now) => {
  if (now === undefined) console.log("db-main is gone");
  else console.log(`${now.text("username")} now has the password ${now.text("password")}`);
});

const first = await db.ready();
console.log(`${first.keys.join(" and ")} are there, and they are ${db.freshness().state}`);
