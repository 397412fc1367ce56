import ts from 'typescript';

/** A JSON Schema, draft 7, as far as this maker makes them. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Types that mean more than their structure says. */
const NAMED: Readonly<Record<string, JsonSchema>> = {
  Offset: { type: 'integer', minimum: 0 },
  Hash: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  HashedSubject: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  JsonObject: { type: 'object' },
};
/** A number in a record is a whole one; this is the exception. */
const FRACTIONS = new Set(['rate']);

/**
 * Makes JSON Schemas of exported types, with their TSDoc as descriptions. The types are the one source of truth: what does not compile
 * against them is not written to a topic.
 *
 * Objects are left open: a reader must ignore fields that it does not know.
 */
export class SchemaMaker {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files the sources that export the types, absolute */
  constructor(private readonly files: readonly string[]) {
    this.program = ts.createProgram({
      rootNames: [...files],
      options: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        customConditions: ['bridge-source'],
        allowImportingTsExtensions: true,
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        // Of Node nothing is needed, and its types would take a second to read.
        types: [],
        noLib: false,
      },
    });
    this.checker = this.program.getTypeChecker();
  }

  /** @throws Error if no file exports the type, or if it is made of something that has no schema */
  schemaOf(typeName: string): JsonSchema {
    for (const file of this.files) {
      const source = this.program.getSourceFile(file);
      const module = source && this.checker.getSymbolAtLocation(source);
      const symbol = module && this.checker.getExportsOfModule(module).find(({ name }) => name === typeName);
      if (symbol !== undefined) return this.describe(symbol, this.schema(this.checker.getDeclaredTypeOfSymbol(symbol), typeName));
    }
    throw new Error(`no type ${typeName} is exported by ${this.files.join(', ')}`);
  }

  private schema(type: ts.Type, at: string): JsonSchema {
    const named = NAMED[type.aliasSymbol?.name ?? (type.symbol as ts.Symbol | undefined)?.name ?? ''];
    if (named !== undefined) return named;
    if (type.isUnion()) return this.union(type, at);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: FRACTIONS.has(at.split('.').at(-1) ?? '') ? 'number' : 'integer' };
    if (this.checker.isArrayType(type)) return this.array(type as ts.TypeReference, at);
    if (type.flags & ts.TypeFlags.Object) return this.object(type, at);
    throw new Error(`${at}: there is no schema for ${this.checker.typeToString(type)}`);
  }

  private union(type: ts.UnionType, at: string): JsonSchema {
    const members = type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined));
    const [only] = members;
    if (only !== undefined && members.length === 1) return this.schema(only, at);
    if (members.every(({ flags }) => flags & ts.TypeFlags.BooleanLiteral)) return { type: 'boolean' };
    if (members.every((member) => member.isStringLiteral())) return { type: 'string', enum: members.map(({ value }) => value) };
    return { anyOf: members.map((member) => this.schema(member, at)) };
  }

  private array(type: ts.TypeReference, at: string): JsonSchema {
    const [element] = this.checker.getTypeArguments(type);
    if (element === undefined) throw new Error(`${at}: an array of nothing`);
    return { type: 'array', items: this.schema(element, `${at}[]`) };
  }

  private object(type: ts.Type, at: string): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    const required: string[] = [];
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      properties[symbol.name] = this.describe(symbol, this.schema(this.checker.getTypeOfSymbol(symbol), `${at}.${symbol.name}`));
      if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
    }
    return { type: 'object', ...(required.length > 0 && { required }), properties };
  }

  private describe(symbol: ts.Symbol, schema: JsonSchema): JsonSchema {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker)).replaceAll(/\s+/g, ' ').trim();
    // What a sender gave is kept as it is, and may be written in another way.
    const isTime = schema['type'] === 'string' && text.includes('ISO 8601') && !text.includes('as the sender gave it');
    return { ...schema, ...(isTime && { format: 'date-time' }), ...(text !== '' && { description: text }) };
  }
}
