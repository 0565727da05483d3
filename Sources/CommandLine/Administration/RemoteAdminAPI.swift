import Administration
import Cryptography
import HTTP
import JSON
import Platform

/// The admin API of a gateway. Where it asks for a second step, the person is asked for a code, once for each purpose.
struct RemoteAdminAPI: Sendable {
    let server: String
    let token: Secret
    /// Where the code of a second step stands; nil: it is asked for.
    let codeFile: String?
    let http: any HTTPTransport

    /// Sends a request.
    ///
    /// - Parameter request: As the API takes it in this process.
    /// - Returns: The answer, refusals among them.
    /// - Throws: `CommandFailure` where the gateway does not answer.
    func respond(to request: AdminRequest) async throws(CommandFailure) -> AdminResponse {
        let response = try await send(request, stepUp: nil)
        guard response.status == 403, response.body?["code"]?.string == "step-up-required",
            let purpose = response.body?["purpose"]?.string
        else { return response }
        let code =
            if let codeFile { try SecretFile.read(codeFile) } else { try SecretFile.ask("Code of your second step") }
        let stepUp = try await send(
            AdminRequest(
                method: "POST",
                path: ["step-up"],
                headers: ["content-type": "application/json"],
                body: JSONValue.object(["code": .string(code.value), "purpose": .string(purpose)]).bytes,
                address: "local",
                requestID: request.requestID
            ),
            stepUp: nil
        )
        guard stepUp.status == 200, let token = stepUp.body?["token"]?.string else { return stepUp }
        return try await send(request, stepUp: token)
    }

    private func send(_ request: AdminRequest, stepUp: String?) async throws(CommandFailure) -> AdminResponse {
        var headers = request.headers.map { ($0.key, $0.value) }
        headers += [("authorization", "Bearer \(token.value)"), ("x-request-id", request.requestID)]
        if let stepUp { headers.append(("step-up", stepUp)) }
        let path = request.path.map { Self.encoded($0) }.joined(separator: "/")
        let query = request.query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        do throws(HTTPClientError) {
            let response = try await http.execute(
                HTTPClientRequest(
                    method: request.method?.rawValue ?? "GET",
                    url: "\(base)/api/v1/\(path)\(query.isEmpty ? "" : "?\(query)")",
                    headers: headers,
                    body: request.method?.isSafe == true ? nil : request.body,
                    deadlines: HTTPClientDeadlines(connect: .seconds(5), idle: .seconds(60), total: .seconds(90))
                )
            )
            let body = response.body.isEmpty ? nil : try? JSONValue(parsing: response.body)
            return AdminResponse(status: response.status, headers: [], body: body)
        } catch {
            throw CommandFailure(.unreachable, "the gateway does not answer: \(error)")
        }
    }

    /// Everything but letters, digits and `-._~` encoded (RFC 3986).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + Hex.encode([byte]).uppercased()
            }
        }.joined()
    }
}
