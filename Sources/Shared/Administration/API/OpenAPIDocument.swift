import Identity
import JSON

/// The description of the admin API, written from its routes (OpenAPI 3.1).
struct OpenAPIDocument {
    let routes: [AdminRoute]
    let version: String

    var document: JSONValue {
        var paths = JSONObject()
        for route in routes {
            var item = paths[route.path]?.object ?? [:]
            item[route.method.rawValue.lowercased()] = .object(operation(route))
            paths[route.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "AI assistant: admin API", "version": .string(version),
                "description": "Queues, jobs, plugins, people and records. Every refusal is application/problem+json.",
            ],
            "servers": [["url": "/api/v1"]],
            "paths": .object(paths),
            "components": [
                "schemas": ["Problem": .object(Schemas.problem)],
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "second_step": [
                        "type": "apiKey", "in": "header", "name": "Step-Up",
                        "description": "The token of POST /step-up, for sensitive operations.",
                    ],
                ],
                "responses": [
                    "Problem": ["description": "A refusal.", "content": Self.problemContent],
                    "TooLarge": ["description": "Refused before it was read.", "content": Self.gatewayContent],
                ],
            ],
        ]
    }

    private static let problemContent: JSONValue = [
        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
    ]

    /// What the gateway itself says of a request that no route has seen.
    private static let gatewayContent: JSONValue = [
        "application/json": [
            "schema": .object(
                Schemas.shown([
                    "error": .object(
                        Schemas.shown(["code": Schemas.of("string"), "message": Schemas.of("string")])
                    )
                ])
            )
        ]
    ]

    private func operation(_ route: AdminRoute) -> JSONObject {
        var operation: JSONObject = [
            "operationId": .string(route.action), "summary": .string(route.summary),
            "tags": [.string(String(route.path.split(separator: "/").first ?? ""))],
        ]
        let parameters =
            route.parameters.map { Self.parameter($0, in: "path") }
            + route.queryParameters.map { Self.parameter($0, in: "query") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = route.body {
            let isRequired = body["required"]?.array?.isEmpty == false
            operation["requestBody"] = [
                "required": .bool(isRequired), "content": ["application/json": ["schema": .object(body)]],
            ]
        }
        operation["responses"] = .object(responses(route))
        if case .role(let role) = route.access {
            var requirement: JSONObject = ["token": []]
            if route.stepUp != nil { requirement["second_step"] = [] }
            operation["security"] = [.object(requirement)]
            operation["x-role"] = .string(role.rawValue)
        } else {
            operation["security"] = []
        }
        if let purpose = route.stepUp { operation["x-step-up"] = .string(purpose.rawValue) }
        return operation
    }

    private static func parameter(_ parameter: AdminRoute.Parameter, in place: String) -> JSONValue {
        var description: JSONObject = [
            "name": .string(parameter.name), "in": .string(place), "description": .string(parameter.summary),
            "required": .bool(parameter.isRequired), "schema": .object(parameter.schema),
        ]
        if parameter.schema["type"]?.string == "array" {
            description["style"] = "form"
            description["explode"] = false
        }
        return .object(description)
    }

    private func responses(_ route: AdminRoute) -> JSONObject {
        var responses = JSONObject()
        for (status, schema) in route.answers.sorted(by: { $0.key < $1.key }) {
            var response: JSONObject = ["description": .string(status == 204 ? "Done." : "What was asked for.")]
            if let schema { response["content"] = ["application/json": ["schema": .object(schema)]] }
            responses[String(status)] = .object(response)
        }
        for status in problems(of: route).sorted() {
            responses[String(status)] = ["$ref": "#/components/responses/Problem"]
        }
        for status in [413, 431] { responses[String(status)] = ["$ref": "#/components/responses/TooLarge"] }
        return responses
    }

    /// What any request may meet, and what this route adds.
    private func problems(of route: AdminRoute) -> Set<Int> {
        var statuses = route.problems.union([400, 403, 422, 429, 500, 503])
        if route.access != .anybody { statuses.insert(401) }
        if route.body != nil { statuses.insert(415) }
        if !route.method.isSafe { statuses.insert(412) }
        return statuses
    }
}
