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
  if (!format) cache.set(key, format = new Intl.NumberFormat(locale, options));
  return format;
}

export function number(value: number, digits = 1): string {
  return formatter({ maximumFractionDigits: Math.abs(value) >= 1000 ? 0 : digits }).format(value);
}
export function money(value: number, currency: string | null): string {
  const rounded = Math.abs(value) >= 1000 ? Number(value.toPrecision(3)) : Math.round(value);
  if (!currency) return formatter({ maximumFractionDigits: 0 }).format(rounded);
  return formatter({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: 0 }).format(rounded);
}
export function share(value: number): string {
  return formatter({ style: 'percent', maximumFractionDigits: 0 }).format(value);
}
/* "72 %" and "6.2 days"; a bare percent sign is set close, as English does. */
export function amount(value: number, unit: string, digits = 1): string {
  const text = number(value, digits);
  return unit === '%' ? text + '%' : unit ? text + ' ' + unit : text;
}

/* The distance of two values: between percentages it is in points, else "6% short" could be read as a share of the rest. */
export const difference = (value: number, unit: string): string => amount(value, unit === '%' ? text.shell.points : unit);

const dayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const monthFormat = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const momentFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
function safely(format: Intl.DateTimeFormat, value: string): string {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : format.format(at);
}
export const day = (value: string): string => safely(dayFormat, value);
export const month = (value: string): string => safely(monthFormat, value);
/* The days of a series: monthly ones are named by their month. */
export const days = (values: string[]): string[] => values.map(values.every(value => value.endsWith('-01')) ? month : day);
export const moment = (value: string): string => value.length <= 10 ? day(value) : safely(momentFormat, value);

export const list = (items: string[]): string => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
export const sentence = (value: string): string => value ? value[0].toLocaleUpperCase(locale) + value.slice(1) : value;
/* A field of a proposal that the texts do not know: "cost_per_seat" reads "Cost per seat". */
export const humanise = (key: string): string => sentence(key.replace(/[_-]+/g, ' '));
