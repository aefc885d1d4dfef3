/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three xAPI libraries against one record store. usage: node xapi.cjs ENDPOINT KEY SECRET, with NODE_PATH to their packages; prints a
 * JSON object: what each saw. */
const { randomUUID } = require('crypto');
const [endpoint, key, secret] = process.argv.slice(2);
const verb = { id: 'http://adlnet.gov/expapi/verbs/experienced', display: { 'en-US': 'experienced' } };

function statement(library) {
  return { id: randomUUID(), actor: { objectType: 'Agent', mbox: `mailto:${library}@example.com`, name: library }, verb,
    object: { objectType: 'Activity', id: `https://example.com/${library}`, definition: { name: { 'en-US': library } } } };
}

/* @xapi/xapi in both versions: promises; it sends a Content-Type with every GET. */
async function xapijs(version) {
  const XAPI = require('@xapi/xapi').default, name = `xapijs-${version}`, one = statement(name), two = statement(name);
  const xapi = new XAPI({ endpoint, auth: XAPI.toBasicAuth(key, secret), version });
  const activityId = one.object.id, agent = one.actor, stateId = 'bookmark';
  const sent = [(await xapi.sendStatement({ statement: one })).data, (await xapi.sendStatements({ statements: [two, statement(name)] })).data].flat();
  const first = (await xapi.getStatements({ activity: activityId, limit: 2, ascending: true })).data;
  const more = (await xapi.getMoreStatements({ more: first.more })).data;
  const back = (await xapi.getStatement({ statementId: one.id })).data;
  const voiding = (await xapi.voidStatement({ actor: agent, statementId: two.id })).data[0];
  const voided = (await xapi.getVoidedStatement({ voidedStatementId: two.id })).data;
  await xapi.createState({ activityId, agent, stateId, state: { page: 1 } });
  const state = await xapi.getState({ activityId, agent, stateId });
  await xapi.setState({ activityId, agent, stateId, state: { page: 2 }, etag: state.headers.etag, matchHeader: 'If-Match' });
  const states = (await xapi.getStates({ activityId, agent })).data, page = (await xapi.getState({ activityId, agent, stateId })).data.page;
  const stale = await xapi.setState({ activityId, agent, stateId, state: {}, etag: state.headers.etag, matchHeader: 'If-Match' }).then(() => 200, error => error.response?.status ?? error.status ?? String(error));
  await xapi.setActivityProfile({ activityId, profileId: 'p', profile: { a: 1 }, etag: '*', matchHeader: 'If-None-Match' });
  const profile = (await xapi.getActivityProfile({ activityId, profileId: 'p' })).data;
  const person = (await xapi.getAgent({ agent })).data, activity = (await xapi.getActivity({ activityId })).data;
  return { sent: sent.length, first: first.statements.map(row => row.id)[0] === one.id, more: more.statements.length, back: back.verb.id === verb.id && back.id === one.id,
    voiding: typeof voiding, voided: voided.id === two.id, states, page, stale, profile, person: person.objectType, activity: activity.definition.name['en-US'] === name,
    about: (await xapi.getAbout()).data.version.includes(version) };
}

/* tincanjs: callbacks; always speaks 1.0.2. */
async function tincan() {
  const TinCan = require('tincanjs'), lrs = new TinCan.LRS({ endpoint, username: key, password: secret, allowFail: false });
  const done = call => new Promise((resolve, reject) => call((error, value) => error ? reject(new Error(`${error} ${value?.responseText}`)) : resolve(value)));
  const plain = statement('tincan'), one = new TinCan.Statement(plain), file = new TinCan.Statement({ ...statement('tincan'), attachments: [{ usageType: 'https://example.com/u',
    display: { en: 'a file' }, contentType: 'text/plain', content: 'what the file says' }] });
  await done(callback => lrs.saveStatement(one, { callback }));
  await done(callback => lrs.saveStatements([file, new TinCan.Statement(statement('tincan'))], { callback }));
  const back = await done(callback => lrs.retrieveStatement(plain.id, { callback }));
  const withFile = await done(callback => lrs.retrieveStatement(file.id, { params: { attachments: true }, callback }));
  const list = await done(callback => lrs.queryStatements({ params: { agent: one.actor, limit: 2 }, callback }));
  const more = await done(callback => lrs.moreStatements({ url: list.more, callback }));
  await done(callback => lrs.saveState('bookmark', { page: 3 }, { activity: one.target, agent: one.actor, contentType: 'application/json', callback }));
  const state = await done(callback => lrs.retrieveState('bookmark', { activity: one.target, agent: one.actor, callback }));
  await done(callback => lrs.dropState('bookmark', { activity: one.target, agent: one.actor, callback }));
  const gone = await done(callback => lrs.retrieveState('bookmark', { activity: one.target, agent: one.actor, callback }));
  return { back: back.id === plain.id, file: withFile.attachments[0].getContentAsString(), list: list.statements.length, more: more.statements.length, page: state.contents.page, gone: gone === null };
}

/* adl-xapiwrapper: callbacks with the bare answer; speaks 1.0.1. */
async function wrapper() {
  const wrapped = new (require('adl-xapiwrapper').XAPIWrapper)({ url: endpoint, auth: { user: key, pass: secret } });
  const done = call => new Promise((resolve, reject) => call((error, response, body) => error ? reject(new Error(JSON.stringify(error))) : resolve({ status: response.statusCode, body })));
  const one = statement('wrapper');
  const sent = await done(callback => wrapped.sendStatements([one, statement('wrapper')], callback));
  const found = JSON.parse((await done(callback => wrapped.getStatements({ activity: one.object.id }, null, callback))).body).statements;
  const put = await done(callback => wrapped.sendState(one.object.id, one.actor, 'bookmark', null, { page: 4 }, null, null, callback));
  const state = await done(callback => wrapped.getState(one.object.id, one.actor, 'bookmark', null, null, callback));
  const activity = await done(callback => wrapped.getActivities(one.object.id, callback));
  return { sent: sent.status, found: found.length, put: put.status, page: JSON.parse(state.body).page, activity: JSON.parse(activity.body).id === one.object.id };
}

(async () => {
  const seen = {};
  for (const [name, run] of Object.entries({ 'xapijs 1.0.3': () => xapijs('1.0.3'), 'xapijs 2.0.0': () => xapijs('2.0.0'), tincan, wrapper }))
    seen[name] = await run().catch(error => ({ error: String(error?.stack ?? error), data: error?.response?.data }));
  console.log(JSON.stringify(seen));
})();
