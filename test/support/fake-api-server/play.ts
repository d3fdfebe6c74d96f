/** Plays a script's answer to one request. Called by the router; `pass` is the router's own business. */
import type { Responder } from "./responder.ts";
import type { Ending, PassThrough, Play } from "./script.ts";

/** Answers as scripted. Resolves when the answer is sent or the client has gone. */
export async function playScript(play: Exclude<Play, PassThrough>, responder: Responder): Promise<void> {
  switch (play.kind) {
    case "hang":
      return;
    case "reset-stream":
    case "reset-connection":
      finish(responder, play.kind);
      return;
    case "answer": {
      await play.until;
      const { body = "", status, headers } = play;
      const isText = typeof body === "string";
      const contentType = isText ? "text/plain; charset=utf-8" : "application/json";
      const text = isText ? body : `${JSON.stringify(body)}\n`;
      responder.send(status, { "content-type": contentType, ...headers }, text);
      return;
    }
    case "stream":
      responder.open(play.status ?? 200, { "content-type": "application/json", ...play.headers });
      for (const chunk of play.chunks) await responder.writeApart(Buffer.from(chunk));
      finish(responder, play.then);
  }
}

function finish(responder: Responder, how: Ending): void {
  if (how === "end") responder.end();
  else if (how === "reset-stream") responder.resetStream();
  else if (how === "reset-connection") responder.resetConnection();
}
