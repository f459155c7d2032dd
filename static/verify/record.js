// The record of a QR code: version (1) · key (4) · signature (64) · record in GB 18030, all in base 32.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function base32(text) {
  const bytes = [];
  let held = 0;
  let bits = 0;
  for (const sign of text.toUpperCase()) {
    const value = ALPHABET.indexOf(sign);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
    held &= 0xffff;
  }
  return Uint8Array.from(bytes);
}

export function written32(bytes) {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
  }
  return bits ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

async function fits(key, signature, signed) {
  try {
    const held = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", held, signature, signed);
  } catch (error) {
    if (error.name !== "NotSupportedError") throw error;
    const { verifyAsync } = await import("../vendor/noble-ed25519/index.js");
    return verifyAsync(signature, signed, key);
  }
}

// {state: valid · invalid · unknown, record, path}
export async function readRecord(text, keys) {
  const found = /\/V\/([A-Z0-9]+)\/([A-Z2-7]+)\s*$/i.exec(text.trim());
  const path = /\/V\/[A-Z0-9/]+/i.exec(text)?.[0];
  if (!found) return { state: "unknown", path };
  const packed = base32(found[2]);
  if (!packed || packed.length < 70 || packed[0] !== 1) return { state: "invalid", path };
  const name = written32(packed.slice(1, 5));
  if (!keys[name] || written32(packed) !== found[2].toUpperCase()) return { state: "invalid", path };
  const key = Uint8Array.from(atob(keys[name]), (sign) => sign.charCodeAt(0));
  const signed = Uint8Array.from([...packed.slice(0, 5), ...packed.slice(69)]);
  if (!(await fits(key, packed.slice(5, 69), signed))) return { state: "invalid", path };
  const parts = new TextDecoder("gb18030").decode(packed.slice(69)).split("\n");
  const day = parts[5].replace(/^(\d{4})(\d\d)(\d\d)$/, "$1年$2月$3日");
  return { state: "valid", path, record: { number: parts[0], name: parts[1], proof: parts[2], award: parts[3], event: parts[4], issuedOn: day } };
}

// Whether the name that somebody typed is that of the record, which holds only a short hash of it.
export async function sameName(record, name) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${record.number}\n${name.trim()}`));
  return written32(new Uint8Array(digest).slice(0, 5)) === record.proof;
}
