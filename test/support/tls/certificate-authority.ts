/**
 * Certificate authorities for tests, created in a millisecond, in memory, without openssl. Used by the fake API server,
 * by tests that rotate a CA, and by tests that need a `kubernetes.io/tls` Secret with a certain expiry.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import {
  bitString,
  der,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  time,
  TRUE,
  utf8String,
} from "./der.ts";

/** A certificate with its private key, both PEM. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** The contents of a leaf certificate. */
export interface LeafRequest {
  /** Subject CN; the user name where the certificate identifies a client. Default `localhost`. */
  readonly commonName?: string;
  /** Subject O; the groups of a client certificate. */
  readonly organization?: string;
  /** DNS names and IP addresses. Default: localhost, 127.0.0.1 and ::1. */
  readonly hosts?: readonly string[];
  /** Milliseconds since the epoch; default an hour ago. */
  readonly notBeforeMs?: number;
  /** Milliseconds since the epoch; default in a day. */
  readonly notAfterMs?: number;
}

/** One authority. */
export interface CertificateAuthority {
  /** Its own certificate, for the CA bundle of a client. */
  readonly certificatePem: string;
  /** Issues a certificate usable by servers and clients. */
  issue(request?: LeafRequest): CertificatePair;
}

const HOUR_MS = 3_600_000;
const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** Creates an authority with a new key (EC P-256). Two with the same name do not trust each other's certificates. */
export function createCertificateAuthority(commonName = "podkey test CA"): CertificateAuthority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = distinguishedName({ commonName });
  const identifier = keyIdentifier(keys.publicKey);
  const authority = certificate({
    issuer: name,
    subject: name,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    notBeforeMs: Date.now() - HOUR_MS,
    notAfterMs: Date.now() + 240 * HOUR_MS,
    extensions: [
      extension("2.5.29.19", sequence(TRUE), true),
      extension("2.5.29.15", bitString(Buffer.from([0x06]), 1), true), // keyCertSign, cRLSign
      extension("2.5.29.14", octetString(identifier)),
    ],
  });
  return {
    certificatePem: authority,
    issue(request = {}) {
      const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const certificatePem = certificate({
        issuer: name,
        subject: distinguishedName({
          commonName: request.commonName ?? "localhost",
          organization: request.organization,
        }),
        publicKey: leaf.publicKey,
        signingKey: keys.privateKey,
        notBeforeMs: request.notBeforeMs ?? Date.now() - HOUR_MS,
        notAfterMs: request.notAfterMs ?? Date.now() + 24 * HOUR_MS,
        extensions: leafExtensions(request.hosts ?? ["localhost", "127.0.0.1", "::1"], identifier),
      });
      return { certificatePem, keyPem: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

let shared: CertificateAuthority | undefined;
let sharedServer: CertificatePair | undefined;

/** The authority that all tests of a process share unless they rotate it. */
export function testAuthority(): CertificateAuthority {
  shared ??= createCertificateAuthority();
  return shared;
}

/** A server certificate of `testAuthority` for loopback names, shared by the process. */
export function testServerCertificate(): CertificatePair {
  sharedServer ??= testAuthority().issue();
  return sharedServer;
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 section 4.1: the signed part, the algorithm, the signature. */
function certificate(parts: CertificateParts): string {
  const signed = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(randomBytes(8)),
    ECDSA_SHA256,
    parts.issuer,
    sequence(time(parts.notBeforeMs), time(parts.notAfterMs)),
    parts.subject,
    parts.publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...parts.extensions)),
  );
  const signature = sign("sha256", signed, parts.signingKey);
  const base64 = sequence(signed, ECDSA_SHA256, bitString(signature)).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(names: {
  readonly commonName: string;
  readonly organization?: string | undefined;
}): Buffer {
  const attribute = (id: string, value: string): Buffer => set(sequence(oid(id), utf8String(value)));
  const organization = names.organization === undefined ? [] : [attribute("2.5.4.10", names.organization)];
  return sequence(...organization, attribute("2.5.4.3", names.commonName));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octetString(value));
}

function leafExtensions(hosts: readonly string[], authorityKeyId: Buffer): readonly Buffer[] {
  return [
    extension("2.5.29.19", sequence(), true),
    extension("2.5.29.15", bitString(Buffer.from([0x80]), 7), true), // digitalSignature
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))),
    extension("2.5.29.35", sequence(der(0x80, authorityKeyId))),
    extension("2.5.29.17", sequence(...hosts.map(alternativeName))),
  ];
}

function alternativeName(host: string): Buffer {
  if (isIPv4(host)) return der(0x87, Buffer.from(host.split(".").map(Number)));
  if (isIPv6(host)) return der(0x87, ipv6Bytes(host));
  return der(0x82, Buffer.from(host, "ascii"));
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail = ""] = address.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const front = groups(head);
  const back = groups(tail);
  const all = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
