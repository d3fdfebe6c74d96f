// Original file: proto/podkey/v1/credential_service.proto

import type { Reset as _podkey_v1_Reset, Reset__Output as _podkey_v1_Reset__Output } from '../../podkey/v1/Reset.ts';
import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from '../../podkey/v1/Credential.ts';
import type { Synced as _podkey_v1_Synced, Synced__Output as _podkey_v1_Synced__Output } from '../../podkey/v1/Synced.ts';
import type { Change as _podkey_v1_Change, Change__Output as _podkey_v1_Change__Output } from '../../podkey/v1/Change.ts';
import type { Heartbeat as _podkey_v1_Heartbeat, Heartbeat__Output as _podkey_v1_Heartbeat__Output } from '../../podkey/v1/Heartbeat.ts';
import type { Revision as _podkey_v1_Revision, Revision__Output as _podkey_v1_Revision__Output } from '../../podkey/v1/Revision.ts';
import type { Freshness as _podkey_v1_Freshness, Freshness__Output as _podkey_v1_Freshness__Output } from '../../podkey/v1/Freshness.ts';

/**
 * One message of a Watch.
 * 
 * A stream starts with `reset`, zero or more `item`, then `synced`. After that it sends `change` and `heartbeat` until it
 * ends. A resumed stream has no reset and no items: at most one merged `change` (possibly in parts), then `synced`.
 * `reset` may be sent again at any time: keep the old state until `synced`, then replace it completely. `heartbeat` may
 * be sent at any time. Ignore a message whose event you do not know.
 * 
 * All messages from `reset` to `synced`, and all parts of a change up to `more = false`, come from one snapshot: apply
 * them together. Then your state is exactly one real state of what you selected. A slow reader may miss values, but never
 * the final state. A reader that reads nothing for 60 s while changes wait is ended with SLOW_CONSUMER and can resume.
 * 
 * The simplest correct client of one credential: watch `names: [X]`, use every `item` and every `changed` as the newest
 * value, treat every `removed` as deleted, and reconnect with the last token. No message is larger than 3.5 MiB.
 */
export interface WatchResponse {
  /**
   * A full state follows as items. Keep the old state until `synced`.
   */
  'reset'?: (_podkey_v1_Reset | null);
  /**
   * One credential of the state after a reset.
   */
  'item'?: (_podkey_v1_Credential | null);
  /**
   * The state is complete.
   */
  'synced'?: (_podkey_v1_Synced | null);
  /**
   * The state has changed.
   */
  'change'?: (_podkey_v1_Change | null);
  /**
   * Nothing has changed; the stream is alive.
   */
  'heartbeat'?: (_podkey_v1_Heartbeat | null);
  /**
   * Save it whenever it is not empty, and send it as `WatchRequest.resume_token` when you reconnect. Set on exactly the
   * messages that have `revision`. Opaque; bound to consumer, filters and view.
   */
  'resumeToken'?: (string);
  /**
   * Set on exactly the messages after which your state is this revision: `synced`, `change` with `more = false`, and a
   * `heartbeat` outside a reset, a resume or a split change.
   */
  'revision'?: (_podkey_v1_Revision | null);
  /**
   * Set on `synced`, on `change` with `more = false` and on `heartbeat`; may be set on others.
   */
  'freshness'?: (_podkey_v1_Freshness | null);
  /**
   * The event.
   */
  'event'?: "reset"|"item"|"synced"|"change"|"heartbeat";
}

/**
 * One message of a Watch.
 * 
 * A stream starts with `reset`, zero or more `item`, then `synced`. After that it sends `change` and `heartbeat` until it
 * ends. A resumed stream has no reset and no items: at most one merged `change` (possibly in parts), then `synced`.
 * `reset` may be sent again at any time: keep the old state until `synced`, then replace it completely. `heartbeat` may
 * be sent at any time. Ignore a message whose event you do not know.
 * 
 * All messages from `reset` to `synced`, and all parts of a change up to `more = false`, come from one snapshot: apply
 * them together. Then your state is exactly one real state of what you selected. A slow reader may miss values, but never
 * the final state. A reader that reads nothing for 60 s while changes wait is ended with SLOW_CONSUMER and can resume.
 * 
 * The simplest correct client of one credential: watch `names: [X]`, use every `item` and every `changed` as the newest
 * value, treat every `removed` as deleted, and reconnect with the last token. No message is larger than 3.5 MiB.
 */
export interface WatchResponse__Output {
  /**
   * A full state follows as items. Keep the old state until `synced`.
   */
  'reset'?: (_podkey_v1_Reset__Output | null);
  /**
   * One credential of the state after a reset.
   */
  'item'?: (_podkey_v1_Credential__Output | null);
  /**
   * The state is complete.
   */
  'synced'?: (_podkey_v1_Synced__Output | null);
  /**
   * The state has changed.
   */
  'change'?: (_podkey_v1_Change__Output | null);
  /**
   * Nothing has changed; the stream is alive.
   */
  'heartbeat'?: (_podkey_v1_Heartbeat__Output | null);
  /**
   * Save it whenever it is not empty, and send it as `WatchRequest.resume_token` when you reconnect. Set on exactly the
   * messages that have `revision`. Opaque; bound to consumer, filters and view.
   */
  'resumeToken': (string);
  /**
   * Set on exactly the messages after which your state is this revision: `synced`, `change` with `more = false`, and a
   * `heartbeat` outside a reset, a resume or a split change.
   */
  'revision': (_podkey_v1_Revision__Output | null);
  /**
   * Set on `synced`, on `change` with `more = false` and on `heartbeat`; may be set on others.
   */
  'freshness': (_podkey_v1_Freshness__Output | null);
  /**
   * The event.
   */
  'event'?: "reset"|"item"|"synced"|"change"|"heartbeat";
}
