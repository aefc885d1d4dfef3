/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog in which a business goal is added. The fields are a table; what is missing is said at once at each field,
 * what only the server can judge is said by it and shown at the field that its message names. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { sentence } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { go, href } from '../router.ts';
import { Dialog, Failure, say, useMay } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import type { Goal, NewGoal, Skills } from '../api.ts';

const said = text.goalForm;

type Name = keyof typeof said.fields;
interface Field {
  name: Name;
  type: 'text' | 'number' | 'date' | 'choice';
  longest?: number;
  choices?: Record<string, string>;
}
const needed: Field[] = [
  { name: 'name', type: 'text', longest: 200 },
  { name: 'unit', type: 'text', longest: 60 },
  { name: 'direction', type: 'choice', choices: said.directions },
  { name: 'baseline', type: 'number' },
  { name: 'target', type: 'number' },
  { name: 'due', type: 'date' },
];
const optional: Field[] = [
  { name: 'weight', type: 'number' },
  { name: 'category', type: 'choice', choices: said.categories },
  { name: 'value_per_unit', type: 'number' },
  { name: 'currency', type: 'text', longest: 3 },
];
const all = [...needed, ...optional];
type Wrong = Partial<Record<Name, string>>;

/* --- one field ---------------------------------------------------------------------------------------------------------- */

function Input(props: { of: Field; wrong?: string; value?: string; first?: boolean }): JSX.Element {
  const { of, wrong } = props;
  const id = 'goal-' + of.name;
  const common = {
    id,
    name: of.name,
    autofocus: props.first,
    'aria-invalid': wrong !== undefined,
    'aria-required': needed.includes(of),
    'aria-describedby': `${id}-help ${id}-wrong`,
  };
  return (
    <div>
      <label class="form-label" for={id}>
        {said.fields[of.name].label}
      </label>
      {of.choices ? (
        <select class="form-select" {...common}>
          <option value="">{said.choose}</option>
          {Object.entries(of.choices).map(([value, name]) => (
            <option value={value} key={value}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        <input
          class="form-control"
          type={of.type}
          step={of.type === 'number' ? 'any' : undefined}
          maxLength={of.longest}
          defaultValue={props.value}
          {...common}
        />
      )}
      <p class="field-help" id={id + '-help'}>
        {said.fields[of.name].help}
      </p>
      <p class="form-error" id={id + '-wrong'} role="alert">
        {wrong ?? ''}
      </p>
    </div>
  );
}

function Ticks(props: { legend: string; name: string; of: [string, string][] }): JSX.Element | null {
  if (props.of.length === 0) return null;
  return (
    <fieldset>
      <legend>{props.legend}</legend>
      <div class="choices ticks">
        {props.of.map(([value, name]) => (
          <label class="choice" key={value}>
            <input class="form-check-input" type="checkbox" name={props.name} value={value} />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/* --- what was typed ----------------------------------------------------------------------------------------------------- */

const control = (form: HTMLFormElement, name: Name): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;

function mistakes(form: HTMLFormElement): Wrong {
  const wrong: Wrong = {};
  for (const field of all) {
    const input = control(form, field.name);
    if (input.validity.badInput) wrong[field.name] = field.type === 'date' ? said.noDate : said.noNumber;
    else if (needed.includes(field) && input.value.trim() === '') wrong[field.name] = said.missing;
  }
  return wrong;
}

function goalOf(form: HTMLFormElement): NewGoal {
  const data = new FormData(form);
  const goal: Record<string, unknown> = {};
  for (const field of all) {
    const value = String(data.get(field.name) ?? '').trim();
    if (value !== '') goal[field.name] = field.type === 'number' ? Number(value) : value;
  }
  if (goal.value_per_unit === undefined) delete goal.currency; /* it was only proposed: there is no money to state it of */
  for (const name of ['departments', 'skills']) if (data.has(name)) goal[name] = data.getAll(name);
  return goal as unknown as NewGoal;
}

/* The field that a refusal is about: the server quotes its name first; a goal that is there already is about the name. */
function refusal(problem: Problem): Wrong | null {
  const quoted = /^"(\w+)" /.exec(problem.detail)?.[1];
  const field = problem.code === 'conflict' ? needed[0] : all.find(one => one.name === quoted);
  if (!field) return null;
  if (problem.code === 'conflict') return { [field.name]: said.taken };
  return { [field.name]: sentence(problem.detail.replace(/^"\w+"/, `“${said.fields[field.name].label}”`)) + '.' };
}

/* --- the dialog --------------------------------------------------------------------------------------------------------- */

export function GoalDialog(props: { goals: Goal[]; close: () => void }): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const skills = useResource<Skills>(useMay('READ_SKILLS') ? '/skills' : null);
  const [wrong, setWrong] = useState<Wrong>({});
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const departments = [...new Set(skills.data?.teams.flatMap(team => team.department ?? []))].sort();

  const refuse = (found: Wrong): void => {
    const first = all.find(field => found[field.name] !== undefined)!;
    setWrong(found);
    if (optional.includes(first)) setMore(true);
    requestAnimationFrame(() => form.current && control(form.current, first.name).focus());
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const found = mistakes(form.current!);
    setProblem(null);
    if (Object.keys(found).length > 0) return refuse(found);
    setWrong({});
    setBusy(true);
    try {
      const goal = await post<Goal>('/goals', goalOf(form.current!));
      props.close();
      invalidate();
      go(href('goals', goal.id));
      say(said.saved(goal.name));
    } catch (error) {
      const refused = refusal(error as Problem);
      setBusy(false);
      if (refused) refuse(refused);
      else setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={said.title} wide close={props.close}>
      <p class="quiet">{said.lead}</p>
      {problem && <Failure problem={problem} acted />}
      <form ref={form} onSubmit={event => void submit(event)} noValidate>
        <div class="goal-form">
          {needed.map((field, index) => (
            <Input of={field} wrong={wrong[field.name]} first={index === 0} key={field.name} />
          ))}
        </div>
        <details open={more} onToggle={event => setMore(event.currentTarget.open)}>
          <summary>{said.more}</summary>
          <div class="goal-form">
            {optional.map(field => (
              <Input
                of={field}
                wrong={wrong[field.name]}
                value={field.name === 'currency' ? (props.goals[0]?.currency ?? undefined) : undefined}
                key={field.name}
              />
            ))}
          </div>
          <Ticks legend={said.departments} name="departments" of={departments.map(name => [name, name])} />
          <Ticks legend={said.skills} name="skills" of={(skills.data?.skills ?? []).map(skill => [skill.id, skill.name])} />
        </details>
        <DialogActions submit={said.save} close={props.close} disabled={busy} />
      </form>
    </Dialog>
  );
}
