/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Meno asks about a table that it does not know, and the mapping that follows from the answers. Each round of
 * answers is another dry run; a person sees the mapping before it is used and can keep it for the next time. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { sentence } from '../format.ts';
import { say, Scroll } from '../ui/parts.tsx';
import type { Answers, ImportResult } from '../api.ts';

const said = text.imports;
type Question = ImportResult['questions'][number];

function Ask(props: { of: Question; id: string; value: string; answer: (value: string) => void }): JSX.Element {
  const { of, id } = props;
  return (
    <div>
      <label class="form-label" for={id}>
        {sentence(of.text)}
      </label>
      {of.choices.length > 0 ? (
        <select class="form-select" id={id} value={props.value} onChange={event => props.answer(event.currentTarget.value)}>
          <option value="">{said.choice}</option>
          {of.choices.map(choice => (
            <option value={choice} key={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input class="form-control" id={id} value={props.value} onInput={event => props.answer(event.currentTarget.value)} />
      )}
    </div>
  );
}

/* An answer may bring the next question (first what a file holds, then its columns): not all need be given at once. */
export function Questions(props: { of: Question[]; known: Answers; send: (answers: Answers) => void }): JSX.Element {
  const [answers, setAnswers] = useState<Answers>(props.known);
  const [missing, setMissing] = useState(false);
  const valueOf = (one: Question): string => answers[one.file]?.[one.id] ?? '';
  const files = [...new Set(props.of.map(one => one.file))];
  const submit = (event: Event): void => {
    event.preventDefault();
    if (props.of.every(one => valueOf(one).trim() === '')) {
      setMissing(true);
      document.getElementById('question-0')?.focus();
    } else props.send(answers);
  };
  return (
    <section>
      <h3>
        {said.questions} <span class="count">{props.of.length}</span>
      </h3>
      <p class="quiet">{said.questionsLead}</p>
      <form class="note-form" onSubmit={submit} noValidate>
        {files.map(file => (
          <fieldset key={file}>
            <legend>{file}</legend>
            {props.of.map(
              (one, index) =>
                one.file === file && (
                  <Ask
                    of={one}
                    id={'question-' + index}
                    value={valueOf(one)}
                    answer={value => {
                      setMissing(false);
                      setAnswers({ ...answers, [file]: { ...answers[file], [one.id]: value } });
                    }}
                    key={one.id}
                  />
                ),
            )}
          </fieldset>
        ))}
        <p class="form-error" role="alert">
          {missing ? said.questionsMissing : ''}
        </p>
        <button type="submit" class="btn btn-primary">
          {said.answerThem}
        </button>
      </form>
    </section>
  );
}

export function MappingText(props: { of: string; open?: boolean }): JSX.Element {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.of);
      say(text.shell.copied);
    } catch {
      say(text.errors.failed(said.mappingCopy), 'bad');
    }
  };
  return (
    <details open={props.open}>
      <summary>{said.mapping}</summary>
      <p class="quiet">{said.mappingLead}</p>
      <Scroll label={said.mapping}>
        <pre class="mapping">{props.of}</pre>
      </Scroll>
      <button type="button" class="btn btn-outline-secondary" onClick={() => void copy()}>
        {said.mappingCopy}
      </button>
    </details>
  );
}
