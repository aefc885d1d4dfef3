/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A draft as Markdown, for pasting elsewhere. It has the shape of the server's export, which knows approved assets and those
 * that wait, but no draft that was only looked at. */
import { text } from '../text.en.ts';
import type { AssetBlock, AssetBody, AssetQuestion, AssetSentence } from '../api.ts';

/* What Markdown would take for its own. */
const plain = (words: string): string => words.replace(/([\\`*_[\]<>])/g, '\\$1');
const joined = (sentences: AssetSentence[]): string => sentences.map(one => plain(one.text)).join(' ');

function item(one: NonNullable<AssetBlock['items']>[number]): string {
  return [one.lead && `**${plain(one.lead.text)}**`, joined(one.sentences)].filter(Boolean).join(' ');
}
function question(one: AssetQuestion, index: number): string {
  const options = one.options.map((option, at) => `   - ${String.fromCharCode(97 + at)}) ${plain(option.text)}`);
  const right = one.options.findIndex(option => option.right);
  return [
    `${index + 1}. ${[one.stem && plain(one.stem.text), `*${plain(one.ask)}*`].filter(Boolean).join(' ')}`,
    ...options,
    '',
    `   ${right < 0 ? '' : String.fromCharCode(97 + right) + ') '}${joined(one.feedback)}`,
  ].join('\n');
}
function block(one: AssetBlock): string {
  const items = (one.items ?? []).map(item);
  const body =
    one.kind === 'text' ? items.join('\n\n') : items.map((line, index) => (one.kind === 'steps' ? `${index + 1}. ` : '- ') + line).join('\n');
  return [one.heading && `## ${plain(one.heading)}`, body, ...(one.questions ?? []).map(question)].filter(Boolean).join('\n\n');
}

export function markdownOf(asset: AssetBody): string {
  const sources = asset.sources.map(source => '- ' + [plain(source.title) + ` (${source.name})`, source.valid_until && text.asset.validUntil(source.valid_until)].filter(Boolean).join('; '));
  return [`# ${plain(asset.title)}`, ...asset.blocks.map(block), '---', `## ${text.studio.sources}`, sources.join('\n')].join('\n\n') + '\n';
}
