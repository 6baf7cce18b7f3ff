import Dialects
import Model
import Testing

@Suite struct ServerAddressTests {
  @Test(arguments: [
    ("http://testresults.opnfv.org/test/api/v1/results", "http://testresults.opnfv.org/test/api/v1"),
    ("http://h:8000/api/v1", "http://h:8000/api/v1"), ("http://h:8000/api/v1/", "http://h:8000/api/v1"),
    ("http://h/api/v1/results//", "http://h/api/v1"), ("testapi+http://H/api/v1", "http://h/api/v1"),
    ("HTTPS://h/Api/v1", "https://h/Api/v1"), ("http://[::1]:80/api/v1", "http://[::1]:80/api/v1"),
    ("http://joe:s%40cret@h/api/v1", "http://h/api/v1"), ("http://a@b:c@d@h/api/v1", "http://h/api/v1"),
    ("file:///tmp/x", "file:///tmp/x"), ("paddles+http://H/paddles/", "paddles+http://h/paddles"),
    ("paddles+https://joe:x@h:8080", "paddles+https://h:8080"),
    ("AVOCADO+http://h/Results", "avocado+http://h/Results"),
    ("avocado+http://h/results/", "avocado+http://h/results"),
  ]) func `a URL has a base`(row: (text: String, name: String)) throws {
    #expect(try ServerAddress(parsing: row.text).displayName == row.name)
  }

  @Test func `a name leads back to the same address`() throws {
    for (text, base) in [
      ("http://joe:x@h/api/v1", "http://h/api/v1"), ("paddles+http://joe:x@h/p", "http://h/p"),
      ("avocado+https://h:1", "https://h:1"),
    ] {
      let address = try ServerAddress(parsing: text)
      #expect(address.base == base)
      let again = try ServerAddress(parsing: address.displayName)
      #expect(again.displayName == address.displayName && again.dialect == address.dialect && !again.hasCredentials)
    }
  }

  @Test(arguments: [
    "", "h", "http://", "http:///api/v1", "http://h", "http://h/", "http://h/results", "http://h:0/api/v1",
    "http://h:99999/api/v1", "http://h:+1/api/v1", "http://[::1/api/v1", "http://[x]/api/v1", "http://h/api/v1?x=1",
    "http://h/api/v1#x", "ftp://h/api/v1", "paddles+ftp://h/api/v1", "avocado+file:///x", "swim+http://h/x",
    "paddles+http://", "file://x", "file:///", "file:///x/",
    "http://h/api /v1", "http://h/\r\nX: y", "http://h%0a/api/v1", "http://" + String(repeating: "x", count: 3000),
  ]) func `nonsense is refused`(text: String) {
    #expect { try ServerAddress(parsing: text) } throws: { ($0 as? Fault)?.code == .usage }
  }

  @Test func `credentials are taken and never shown`() throws {
    let address = try ServerAddress(parsing: "http://joe:s%40c%zret@h/api/v1", token: "tok")
    #expect(address.login?.user == "joe")
    #expect(address.login?.password == "s@c%zret")
    var dumped = ""
    dump(address.login, to: &dumped)
    #expect(!dumped.contains("joe") && !"\(address)".contains("c%zret"))
    for text in ["http://joe:sesame@h/", "x://joe:ses@ame@h/api/v1", "http://joe:sesame@h:0/api/v1"] {
      #expect { try ServerAddress(parsing: text) } throws: { !"\($0)".contains("ses") }
    }
    #expect(try !ServerAddress(parsing: "http://h/api/v1").hasCredentials)
  }
}
