// Numbers, times and sizes in the words that the command line uses, too. Pure.

export const noValue = "–";

const fine = new Intl.NumberFormat("en", {maximumFractionDigits: 3, minimumFractionDigits: 3});

/** 8064 -> "8 064", with narrow blanks that no line breaks at. */
export function grouped(number) {
  if (number === null || number === undefined) return noValue;
  return String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** Where there is little room: as `grouped` below 10^9, "18.4 E" (10^18) beyond. */
export function shortened(number) {
  const thousands = Math.floor(Math.log10(Math.max(number, 1)) / 3);
  if (thousands < 3) return grouped(number);
  return `${(number / 1000 ** thousands).toPrecision(3)}\u202f${["G", "T", "P", "E"][thousands - 3]}`;
}

/** A path as it is one word of a command line, whatever stands in it. */
export function word(text) { return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`; }

/** "1 node", "2 nodes". */
export function counted(number, noun) { return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`; }

/** A quality score, or a share: three digits after the point. */
export function quality(score) { return score === null || score === undefined ? noValue : fine.format(score); }

/** A quality score of which the daemon keeps no more than hundredths. */
export function roughQuality(score) { return score === null ? noValue : score.toFixed(2); }

export function milliseconds(ms) {
  if (ms === null || ms === undefined) return noValue;
  if (ms > 0 && ms < 1) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function bytes(amount) {
  if (amount === null || amount === undefined) return noValue;
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const unit = amount < 1024 ? 0 : Math.min(Math.floor(Math.log2(amount) / 10), units.length - 1);
  return `${unit === 0 ? amount : (amount / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}

/** "12 s", "3 min", "5 h", "2 d". */
export function span(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** How long ago a moment was, both in milliseconds since 1970. A second ahead is the two clocks' own inexactness. */
export function age(moment, now) {
  const seconds = (now - moment) / 1000;
  return seconds < -1 ? "in the future" : `${span(Math.max(seconds, 0))} ago`;
}

/** "2:13", "1:02:13"; never less than nothing. */
export function countdown(seconds) {
  const left = Math.max(Math.ceil(seconds), 0);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(left / 60);
  if (minutes < 60) return `${minutes}:${two(left % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(left % 60)}`;
}

/** The time of day here, with the date where it was not within the last half day. */
export function clockTime(moment, now) {
  const date = new Date(moment);
  const time = date.toLocaleTimeString("en-GB");
  if (Math.abs(now - moment) < 12 * 3600 * 1000) return time;
  return `${date.toLocaleDateString("en-GB", {day: "numeric", month: "short"})} ${time}`;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;

/**
 * Milliseconds since 1970 of an RFC 3339 time, also of one without a zone, which is UTC; null for what is none. A
 * browser alone would find a date in almost any text.
 */
export function momentOf(text) {
  const [found, , , zone] = rfc3339.exec(text ?? "") ?? [];
  const moment = found === undefined ? Number.NaN : Date.parse(zone === undefined ? `${found}Z` : found);
  return Number.isNaN(moment) ? null : moment;
}

/** The age of an RFC 3339 time in words. */
export function ageOf(text, now) {
  const moment = momentOf(text);
  return moment === null ? noValue : age(moment, now);
}
