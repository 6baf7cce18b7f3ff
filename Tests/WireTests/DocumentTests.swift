import Foundation
import Model
import Testing
import Wire

/// docs/wire.md is the contract: nothing is on the wire that it does not name.
@Suite struct DocumentTests {
  private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: DocumentTests.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func everyKindIsNamedWithItsNumber() throws {
    let document = try text("docs/wire.md")
    let kinds = try text("Sources/Wire/Frame.swift").matches(of: /static let (\w+) = Kind\(rawValue: (\d+)\)/)
    #expect(kinds.count >= 14)
    for kind in kinds {
      #expect(document.contains("| \(kind.output.2) | `\(kind.output.1)` |"), "kind \(kind.output.1)")
    }
  }

  @Test func everyFieldIsNamed() throws {
    let document = try text("docs/wire.md")
    var messages = [GoldenTests.attachJSON, GoldenTests.orderJSON, GoldenTests.welcomeJSON]
    messages += GoldenTests.events.map(\.1)
    for message in messages {
      for name in try names(JSONDecoder().decode(JSONValue.self, from: Data(message.utf8))) {
        #expect(document.contains("`\(name)`"), "field \(name)")
      }
    }
    for (event, _) in GoldenTests.events.dropLast() {
      let value = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(event))
      #expect(document.contains("`\(value["event"]?.string ?? "?")`"))
    }
  }

  @Test func limitsAreTheOnesInTheCode() throws {
    let document = try text("docs/wire.md")
    for limit in [
      "\(Frame.payloadLimit >> 20) MiB", "\(DataHeader.limit >> 10) KiB", "\(BlobPart.limit >> 20) MiB",
      "\(Magic.noiseLimit >> 10) KiB", "version \(WireVersions.current.highest)",
      Magic.bytes.map { hexadecimal([$0]) }.joined(separator: " "),
    ] {
      #expect(document.contains(limit), "\(limit)")
    }
  }

  // The keys at any depth, but not those that people choose.
  private func names(_ value: JSONValue) -> Set<String> {
    switch value {
    case .object(let members):
      members.reduce(into: []) { result, member in
        result.insert(member.key)
        if !["environment", "args", "details", "blobs"].contains(member.key) { result.formUnion(names(member.value)) }
      }
    case .array(let elements): elements.reduce(into: []) { $0.formUnion(names($1)) }
    default: []
    }
  }
}
