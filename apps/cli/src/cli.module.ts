import { Module } from '@nestjs/common';
import { CompletionCommand } from './commands/completion.command.ts';
import { ConfigCheckCommand, ConfigCommand } from './commands/config.command.ts';
import { ConsoleCommand, ConsoleUserCommand } from './commands/console.command.ts';
import { DeadLettersCommand, DeadLettersListCommand, DeadLettersRedriveCommand } from './commands/dead-letters.command.ts';
import { DeletionsCommand } from './commands/deletions.command.ts';
import { ExplainCommand } from './commands/explain.command.ts';
import { OutcomesCommand } from './commands/outcomes.command.ts';
import { ReplayCommand } from './commands/replay.command.ts';
import {
  ReplayCancelCommand,
  ReplayListCommand,
  ReplayPauseCommand,
  ReplayResumeCommand,
  ReplayStatusCommand,
} from './commands/replay-runs.command.ts';
import { SourceProbeCommand, SourceResumeCommand, SourcesCommand, SourceStopCommand } from './commands/sources.command.ts';
import { TopicsAcceptCommand } from './commands/topics-accept.command.ts';
import { TopicsAclsCommand } from './commands/topics-acls.command.ts';
import { TopicsCommand, TopicsDescribeCommand, TopicsEnsureCommand } from './commands/topics.command.ts';
import { VerifyCommand } from './commands/verify.command.ts';
import { ProgramHelp } from './program-help.ts';
import { processTerminal, TERMINAL } from './terminal.ts';

/** Every command of `bridge`. */
@Module({
  providers: [
    // eslint-disable-next-line no-restricted-properties -- the one place where this app's configuration enters
    { provide: TERMINAL, useFactory: () => processTerminal(process.env) },
    TopicsCommand,
    TopicsEnsureCommand,
    TopicsDescribeCommand,
    TopicsAclsCommand,
    TopicsAcceptCommand,
    ConfigCommand,
    ConfigCheckCommand,
    ConsoleCommand,
    ConsoleUserCommand,
    ExplainCommand,
    VerifyCommand,
    ReplayCommand,
    ReplayListCommand,
    ReplayStatusCommand,
    ReplayPauseCommand,
    ReplayResumeCommand,
    ReplayCancelCommand,
    DeadLettersCommand,
    DeadLettersListCommand,
    DeadLettersRedriveCommand,
    OutcomesCommand,
    DeletionsCommand,
    SourcesCommand,
    SourceStopCommand,
    SourceResumeCommand,
    SourceProbeCommand,
    CompletionCommand,
    ProgramHelp,
  ],
})
export class CliModule {}
