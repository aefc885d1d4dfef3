/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Figures in words. An estimate is shown with three significant digits: more would claim a precision that no need has;
 * the exact figure stands in the drawer behind the number. All output follows the language of the texts. */
import { text } from './text.en.ts';

const locale = text.locale;
const cache = new Map<string, Intl.NumberFormat>();
function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = cache.get(key);
  if (!format) cache.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

/* A hyphen is no minus: beside an interval it reads as a dash. */
const minus = (figure: string): string => figure.replace('-', '−');

export function number(value: number, digits = 1): string {
  return minus(formatter({ maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : digits }).format(value));
}
export function money(value: number, currency: string | null): string {
  const rounded = Math.abs(value) >= 1000 ? Number(value.toPrecision(3)) : Math.round(value);
  if (!currency) return minus(formatter({ maximumFractionDigits: 0 }).format(rounded));
  return minus(formatter({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: 0 }).format(rounded));
}
export function share(value: number): string {
  if (value > 0 && value < 0.005) return text.shell.underOne;
  return formatter({ style: 'percent', maximumFractionDigits: 0 }).format(value);
}
/* "72%", "6.2 days", "€83.50". A long unit ("per 100 contacts") is said once beside the name, not with each figure. */
const LONG_UNIT = 8;
export const long = (unit: string): boolean => unit.length > LONG_UNIT;
export function amount(value: number, unit: string, digits = 1): string {
  if (unit === '%') return number(value, digits) + '%';
  if (/^[A-Z]{3}$/.test(unit)) {
    const maximumFractionDigits = Math.abs(value) >= 1000 ? 0 : 2;
    return minus(formatter({ style: 'currency', currency: unit, currencyDisplay: 'narrowSymbol', maximumFractionDigits }).format(value));
  }
  return unit ? number(value, digits) + '\u00a0' + unit : number(value, digits);
}
/* The same where the unit stands in the heading of a card or row. */
export const bare = (value: number, unit: string): string => (long(unit) ? number(value) : amount(value, unit));

/* The distance of two values: between percentages it is in points, else "6% short" could be read as a share of the rest. */
export const difference = (value: number, unit: string): string => amount(value, unit === '%' ? text.shell.points : unit);

const dayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const monthFormat = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const momentFormat = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const secondFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });
function safely(format: Intl.DateTimeFormat, value: string): string {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : format.format(at).replace(/ /g, '\u00a0').replace(',\u00a0', ', ');
}
export const day = (value: string): string => safely(dayFormat, value);
export const month = (value: string): string => safely(monthFormat, value);
/* The days of a series: monthly ones are named by their month. */
export const days = (values: string[]): string[] => values.map(values.every(value => value.endsWith('-01')) ? month : day);
export const moment = (value: string): string => (value.length <= 10 ? day(value) : safely(momentFormat, value));

/* Where things come one after another within a minute. */
export const second = (value: string): string => safely(secondFormat, value);

export const list = (items: string[]): string => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
/* A file's name at the start ("pulse.csv says") stays as it is. */
export const sentence = (value: string): string =>
  value && !/^[\w-]+\.\w/.test(value) ? value[0].toLocaleUpperCase(locale) + value.slice(1) : value;
/* "year" and "a year" both read "a year". */
export const per = (period: string | null): string => (!period ? '' : /^an? /.test(period) ? period : text.shell.a(period));
/* A list without repetitions: several findings may say the same of several groups. */
export const once = (items: string[]): string[] => [...new Set(items)].map(sentence);
/* A field of a proposal that the texts do not know: "cost_per_seat" reads "Cost per seat". */
export const humanise = (key: string): string => sentence(key.replace(/[_-]+/g, ' '));
