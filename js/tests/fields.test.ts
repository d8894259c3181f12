import { describe, expect, test } from "vitest";
import { anyFields, type Field, fieldsOf, typed } from "../shared/form/fields";

const only = (schema: object, isRequired = true): Field => {
  const required = isRequired ? ["a"] : [];
  return fieldsOf({ properties: { a: schema }, required })[0] as Field;
};

describe("fields of a schema", () => {
  test("say range, default and help", () => {
    const schema = {
      type: "integer",
      minimum: 1,
      maximum: 20,
      default: 5,
      description: "How many.",
    };
    expect(only(schema, false)).toMatchObject({
      kind: "integer",
      isRequired: false,
      preset: "5",
      hint: "1 to 20",
      help: "How many.",
    });
  });

  test("an enum is a choice, also of numbers and behind a reference", () => {
    const field = fieldsOf({
      properties: { mode: { $ref: "#/$defs/Mode" } },
      $defs: { Mode: { enum: [1, 2], type: "integer" } },
    })[0] as Field;
    expect(field.choices).toEqual(["1", "2"]);
    expect(typed(field, "2")).toEqual({ value: 2 });
  });

  test("an optional number is a number that may be left out", () => {
    const field = only({ anyOf: [{ type: "number" }, { type: "null" }], default: null }, false);
    expect(field.kind).toBe("number");
    expect(typed(field, "")).toBeNull();
    expect(typed(field, "2.5")).toEqual({ value: 2.5 });
  });

  test("what may be of several types is JSON, or else text", () => {
    const field = only({ anyOf: [{ type: "number" }, { type: "string" }] });
    expect(typed(field, "linear")).toEqual({ value: "linear" });
    expect(typed(field, "0.1")).toEqual({ value: 0.1 });
  });
});

describe("what is typed", () => {
  test.each([
    [{ type: "number", exclusiveMinimum: 0 }, "0", "Must be a number above 0."],
    [{ type: "number", minimum: 0, maximum: 1 }, "1.5", "Must be a number 0 to 1."],
    [{ type: "integer" }, "1.5", "Must be a whole number."],
    [{ type: "number" }, "fast", "Must be a number."],
    [{ type: "number" }, " ", "Needs a number."],
    [{ type: "array" }, "3", "Must be a list, such as [1, 2]."],
    [{ type: "object" }, "[1]", 'Must be names and values, such as {"a": 1}.'],
  ])("%j refuses %j", (schema, text, error) => {
    expect(typed(only(schema), text)).toEqual({ error });
  });

  test.each([
    [{ type: "number" }, "1e-4", 1e-4],
    [{ type: "number" }, "\u22121", -1],
    [{ type: "integer" }, "10_000", 10_000],
    [{ type: "boolean" }, "true", true],
    [{ type: "string" }, " as it is ", " as it is "],
    [{ type: "string" }, "", ""],
    [{ type: "array" }, "[1, 2]", [1, 2]],
    [{}, "null", null],
  ])("%j takes %j", (schema, text, value) => {
    expect(typed(only(schema), text)).toEqual({ value });
  });

  test("what begins like JSON and is none is refused, other words are text", () => {
    const [field] = anyFields(["a"], false) as [Field];
    expect(typed(field, "[1, 2")).toMatchObject({
      error: expect.stringMatching(/^Not valid JSON/),
    });
    expect(typed(field, "go on")).toEqual({ value: "go on" });
    expect(typed(field, "")).toBeNull();
  });
});
