/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server's description against the shapes that the client was written to (web/src/api.ts): each line says that what
 * the wire may send can be used as what the pages expect. `wire` is generated from the description by contract.mjs. */
import type { paths } from 'wire';
import type * as own from 'own';

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Answer<Path extends keyof paths, Method extends 'get' | 'post'> =
  paths[Path][Method] extends { responses: infer All } ? All extends { 200: infer One } ? Json<One> : All extends { 202: infer One } ? Json<One> : never : never;

/* A wire shape that cannot be used as ours is a compile error on its line. */
declare function usable<Ours>(): <Wire extends Ours>(wire: [Wire] extends [never] ? 'the operation is gone' : Wire) => void;
declare function acceptable<Path extends keyof paths>(): <Ours extends paths[Path]['post'] extends { requestBody: { content: { 'application/json': infer Body } } } ? Body : never>() => void;
declare function sent<Path extends keyof paths, Method extends 'get' | 'post'>(): Answer<Path, Method>;

usable<own.Caller>()(sent<'/session', 'get'>());
usable<own.Today>()(sent<'/today', 'get'>());
usable<{ goals: own.Goal[] }>()(sent<'/goals', 'get'>());
usable<own.GoalDetail>()(sent<'/goals/{id}', 'get'>());
usable<own.Goal>()(sent<'/goals', 'post'>());
acceptable<'/goals'>()<own.NewGoal>();
usable<own.Weighing>()(sent<'/goals/{id}/weight', 'post'>());
/* The series of a need is described as any JSON: two lists of figures beside one of days are no row of the table; and
 * so are names, whose members are ids. */
type Need = Omit<own.Need, 'series' | 'names'>;
type ProposalDetail = Omit<own.ProposalDetail, 'names'>;
usable<Omit<own.Needs, 'needs'> & { needs: Need[] }>()(sent<'/needs', 'get'>());
usable<Need>()(sent<'/needs/{id}', 'get'>());
usable<Need>()(sent<'/needs/{id}/cause', 'post'>());
usable<{ proposals: own.Proposal[] }>()(sent<'/approvals', 'get'>());
usable<ProposalDetail>()(sent<'/approvals/{id}', 'get'>());
usable<{ deputies: own.Deputy[] }>()(sent<'/deputies', 'get'>());
usable<own.Actors>()(sent<'/actors', 'get'>());
usable<own.Actors>()(sent<'/actors/{actor}/match', 'post'>());
usable<own.EvidenceRules>()(sent<'/evidence/rules', 'get'>());
usable<{ actions: own.Action[] }>()(sent<'/outbox', 'get'>());
usable<{ forwards: own.Forward[] }>()(sent<'/forwards', 'get'>());
usable<own.Preferences>()(sent<'/me/preferences', 'get'>());
usable<ProposalDetail>()(sent<'/approvals/{id}/accept', 'post'>());
/* An interval is two figures, which the description calls any JSON; so are the pictures' parallel lists. */
type Impact<T> = Omit<T, 'interval' | 'return_interval' | 'said_early'> & { said_early?: Omit<own.Said, 'interval'> | null };
usable<{ impact: Impact<own.Impact>[]; today: own.Day; own_teams: boolean; goals: own.BoardGoal[]; summary: Omit<own.Board['summary'], 'return_interval'>; declined: own.Board['declined']; followed: own.Followed[]; adapting: own.Board['adapting'] }>()(sent<'/impact', 'get'>());
/* So is a sign's interval. */
type Level = Omit<own.Level, 'signs'> & { signs: Omit<own.Sign, 'interval'>[] };
usable<own.Weights>()(sent<'/weights', 'get'>());
usable<Omit<Impact<own.Intervention>, 'levels' | 'registration' | 'series' | 'raw' | 'placebo' | 'pretrend' | 'behaviour' | 'exposures' | 'moves'> & { levels: Level[] }>()(sent<'/impact/{id}', 'get'>());
usable<own.Skills>()(sent<'/skills', 'get'>());
usable<own.SkillDetail>()(sent<'/skills/{id}', 'get'>());
usable<own.Workforce>()(sent<'/workforce', 'get'>());
usable<own.FanDetail>()(sent<'/workforce/{skill}', 'get'>());
usable<own.Programmes>()(sent<'/programmes', 'get'>());
usable<own.Programme>()(sent<'/programmes/{id}', 'get'>());
usable<own.Programme>()(sent<'/programmes/{id}/stop', 'post'>());
usable<own.Programme>()(sent<'/programmes/{id}/goal', 'post'>());
usable<own.Programme>()(sent<'/programmes/{id}/resume', 'post'>());
/* A trend's values are described as any JSON: an array of figures and nulls. */
type Line = Omit<own.HeardLine, 'values'>;
type Group = Omit<own.HeardGroup, 'lines'> & { lines: Line[] };
usable<Omit<own.Listening, 'groups'> & { groups: Group[] }>()(sent<'/listening', 'get'>());
usable<Omit<own.ListeningGroup, 'lines'> & { lines: Line[] }>()(sent<'/listening/{group}', 'get'>());
usable<own.Promised>()(sent<'/listening/{group}/promises', 'post'>());
usable<own.Promised>()(sent<'/promises/{id}/kept', 'post'>());
usable<own.Me>()(sent<'/me', 'get'>());
usable<own.MySkill>()(sent<'/me/skills/{id}', 'post'>());
usable<own.Reason>()(sent<'/why/{id}', 'get'>());
usable<{ imports: own.Import[] }>()(sent<'/imports', 'get'>());
usable<own.Job>()(sent<'/jobs/{id}', 'get'>());
usable<{ hits: own.Hit[] }>()(sent<'/search', 'get'>());
/* Blocks are drawn by their kind, and a draft's asset is described as any JSON. */
type Asset = Omit<own.AssetDetail, 'content' | 'trace' | 'rejected'> & { content: { id: string; heading: string | null }[] };
usable<own.Sources>()(sent<'/studio/sources', 'get'>());
usable<own.SourceDetail>()(sent<'/studio/sources/{name}', 'get'>());
usable<{ assets: own.AssetRow[] }>()(sent<'/studio/assets', 'get'>());
usable<Asset>()(sent<'/studio/assets/{id}', 'get'>());
usable<{ drafts: Omit<own.Drafted, 'asset'>[] }>()(sent<'/studio/drafts', 'post'>());
/* Figures and days of periods are described as any JSON, as is a statement. */
type FigureRow = Omit<own.FigureRow, 'counts'>;
usable<Omit<own.Figures, 'rows' | 'total' | 'starts'> & { rows: FigureRow[]; total: Omit<own.Figures['total'], 'counts'> }>()(sent<'/statements/summary', 'get'>());
usable<own.StatementList>()(sent<'/statements', 'get'>());
usable<Omit<own.StatementDetail, 'statement'>>()(sent<'/statements/{id}', 'get'>());
usable<own.Terms>()(sent<'/statements/terms', 'get'>());
usable<{ credentials: own.Credential[] }>()(sent<'/credentials', 'get'>());
usable<own.MadeCredential>()(sent<'/credentials', 'post'>());
usable<own.Privacy>()(sent<'/privacy', 'get'>());
usable<{ groups: own.GroupLimits[] }>()(sent<'/privacy/groups', 'get'>());
usable<own.GroupLimits>()(sent<'/privacy/groups/{group}', 'get'>());
usable<{ entries: own.AccessEntry[] }>()(sent<'/privacy/log', 'get'>());
