import JSON

/// Reads sets of public keys (RFC 7517), and takes only what tokens here may be signed with.
enum TokenKeySet {
    /// How large a set may be, in bytes and in keys.
    private static let (maximumByteCount, maximumCount) = (256 << 10, 100)

    /// The keys of a set; none where there is no set.
    ///
    /// - Parameter text: The set, as JSON.
    /// - Returns: The keys in their order, each with its `kid`.
    /// - Throws: `.keySetUnusable`, naming the key and what is wrong with it.
    static func keys(of text: String?) async throws(TokenKeysError) -> [TokenKey] {
        guard let text else { return [] }
        guard text.utf8.count <= maximumByteCount, let set = try? JSONValue(parsing: text, maximumDepth: 16),
            let members = set["keys"]?.array, !members.isEmpty, members.count <= maximumCount
        else {
            throw .keySetUnusable("it is no JSON object with 1 to \(maximumCount) \"keys\"")
        }
        var keys: [TokenKey] = []
        for (index, member) in members.enumerated() {
            switch await key(of: member) {
            case .success(let key): keys.append(key)
            case .failure(let problem): throw .keySetUnusable("/keys/\(index): \(problem.words)")
            }
        }
        return keys
    }

    private struct Problem: Error {
        let words: String
    }

    private static func key(of member: JSONValue) async -> Result<TokenKey, Problem> {
        func failure(_ words: String) -> Result<TokenKey, Problem> { .failure(Problem(words: words)) }
        guard let id = member["kid"]?.string, (1...256).contains(id.utf8.count) else {
            return failure("kid is missing")
        }
        guard member["d"] == nil, member["k"] == nil else {
            return failure("this is a private key; only the public one belongs here")
        }
        if let use = member["use"], use != "sig" { return failure("use has to be sig") }
        let algorithm = member["alg"]
        switch member["kty"]?.string {
        case "RSA":
            guard algorithm == nil || algorithm == "RS256" else { return failure("alg has to be RS256") }
            guard let modulus = member["n"]?.string, let exponent = member["e"]?.string,
                let key = await TokenKey(id: id, modulus: modulus, exponent: exponent)
            else {
                return failure("n and e are no RSA key of 2,048 bits or more")
            }
            return .success(key)
        case "EC":
            guard algorithm == nil || algorithm == "ES256" else { return failure("alg has to be ES256") }
            guard member["crv"] == "P-256", let x = member["x"]?.string, let y = member["y"]?.string,
                let key = await TokenKey(id: id, x: x, y: y)
            else {
                return failure("crv, x and y are no point on P-256")
            }
            return .success(key)
        default:
            return failure("kty has to be RSA or EC")
        }
    }
}
