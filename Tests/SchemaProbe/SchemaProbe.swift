import JSON
import JSONSchema

/// Tells what is wrong with values by schemas, for a check against another implementation.
///
/// Each line of the standard input is an object with a `schema` and `values`. Each line of the output is a list with true
/// or false for each value, or `{"problems": […]}` where the schema is none.
@main
struct SchemaProbe {
    static func main() {
        while let line = readLine() {
            guard let question = try? JSONValue(parsing: line), let document = question["schema"] else {
                print("{\"problems\":[\"an object with schema and values, please\"]}")
                continue
            }
            do throws(SchemaProblems) {
                let schema = try JSONSchema(document)
                let answers = (question["values"]?.array ?? []).map { JSONValue.bool(schema.problems(in: $0).isEmpty) }
                print(JSONValue.array(answers).text)
            } catch {
                print(JSONValue.object(["problems": .array(error.problems.map { .string($0.description) })]).text)
            }
        }
    }
}
