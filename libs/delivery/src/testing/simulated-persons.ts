import type { HashedSubject } from '#segment';
import type { PersonStep, StoredParameter, Verdict } from '../index.ts';
import type { Random } from './random.ts';

interface Person {
  readonly id: string;
  readonly parameters: Map<string, StoredParameter>;
}

/** The persons of the simulated Extole, and what they have as parameters. */
export class SimulatedPersons {
  private readonly persons = new Map<HashedSubject, Person>();
  private made = 0;

  constructor(private readonly random: Random) {}

  /** Whether the subject is still the person whom a step is for: an erased person is nobody. */
  isPresent(subject: HashedSubject, personId: string): boolean {
    return this.persons.get(subject)?.id === personId;
  }

  erase(subject: HashedSubject): void {
    this.persons.delete(subject);
  }

  /** Carries a step out, and answers as if nothing went wrong. */
  take(subject: HashedSubject, step: PersonStep): Verdict {
    if (step.kind === 'identify') return this.identify(subject);
    const person = this.persons.get(subject);
    if (person?.id !== step.personId) return { kind: 'dead-letter', code: 'person_not_found', status: 403 };
    if (step.kind === 'write') return write(person, step);
    const parameters = new Map([...person.parameters].filter(([name]) => step.names.includes(name)));
    return { kind: 'delivered', status: 200, parameters };
  }

  private identify(subject: HashedSubject): Verdict {
    const person = this.persons.get(subject) ?? { id: `person ${++this.made}`, parameters: new Map() };
    this.persons.set(subject, person);
    // A rule of the programme has a say as well, at any event.
    if (this.random.chance(0.2)) person.parameters.set('plan', { value: String(1 + this.random.below(3)), scope: 'PRIVATE' });
    return { kind: 'delivered', status: 200, personId: person.id };
  }
}

function write({ parameters }: Person, { parameter, exists }: Extract<PersonStep, { kind: 'write' }>): Verdict {
  const { name, value } = parameter;
  if (parameters.has(name) !== exists)
    return { kind: 'contradicted', code: exists ? 'data_not_found' : 'data_already_exists', status: 400 };
  parameters.set(name, { value, scope: 'PUBLIC' });
  return { kind: 'delivered', status: 200 };
}
