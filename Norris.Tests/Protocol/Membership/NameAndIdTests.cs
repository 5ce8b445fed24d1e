using System.Text;
using Norris.Protocol.Membership;
using Norris.Tests.Simulation;

namespace Norris.Tests.Protocol.Membership;

public sealed class NameAndIdTests
{
    [Theory]
    [InlineData("alice", true)]
    [InlineData("a", true)]
    [InlineData("Jürgen Müller", true)]
    [InlineData("李小龍", true)]
    [InlineData("🙂", true)]
    [InlineData("", false)]
    [InlineData(" alice", false)]
    [InlineData("alice ", false)]
    [InlineData("alice\u3000", false)]
    [InlineData("al\nice", false)]
    [InlineData("al\u001bice", false)]
    [InlineData("al\u0000ice", false)]
    [InlineData("al\u202eice", false)]
    [InlineData("al\u200bice", false)]
    [InlineData("al\u2028ice", false)]
    [InlineData("al\u0085ice", false)]
    public void A_name_has_no_tricks(string name, bool isValid) => Assert.Equal(isValid, DisplayName.IsValid(name));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_name_has_64_bytes_at_most(int bytes, bool isValid)
    {
        Assert.Equal(isValid, DisplayName.IsValid(new string('x', bytes)));
        Assert.Equal(isValid, DisplayName.IsValid(new string('é', bytes / 2) + new string('x', bytes % 2)));
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0x61, 0xE2, 0x82 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    public void Bytes_that_are_no_UTF8_are_no_name(byte[] bytes) => Assert.False(DisplayName.IsValid(bytes));

    [Fact]
    public void A_taken_name_gets_the_first_number_that_is_free()
    {
        var taken = new HashSet<string> { "bob", "bob-2", "bob-4" };
        Assert.Equal("alice", DisplayName.MakeUnique("alice", taken.Contains));
        Assert.Equal("bob-3", DisplayName.MakeUnique("bob", taken.Contains));
        taken.Add("bob-3");
        Assert.Equal("bob-5", DisplayName.MakeUnique("bob", taken.Contains));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("李")]
    [InlineData("🙂")]
    [InlineData("a b")]
    public void A_unique_name_keeps_the_rules_however_long_the_wanted_one(string unit)
    {
        string wanted = "";
        while (Encoding.UTF8.GetByteCount(wanted + unit) <= DisplayName.NameBytesMax)
        {
            wanted += unit;
        }
        var taken = new HashSet<string>();
        for (int i = 0; i < 120; i++)
        {
            string name = DisplayName.MakeUnique(wanted, taken.Contains);
            Assert.True(DisplayName.IsValid(name), name);
            Assert.True(taken.Add(name));
        }
    }

    [Fact]
    public void Ids_and_tokens_are_read_as_they_are_written()
    {
        var random = new SimulationRandom(1);
        Span<byte> ascii = stackalloc byte[MemberId.TextLength];
        for (int i = 0; i < 1000; i++)
        {
            var id = new MemberId((random.Next() >> (64 - MemberId.Bits)) | 1);
            Assert.True(MemberId.TryParse(id.ToString(), out MemberId read));
            Assert.Equal(id, read);
            id.Format(ascii);
            Assert.Equal(id.ToString(), Encoding.ASCII.GetString(ascii));
            var token = new MemberToken(random.Next(), random.Next() | 1);
            Assert.True(MemberToken.TryParse(Encoding.ASCII.GetBytes(token.ToString()), out MemberToken readToken));
            Assert.Equal(token, readToken);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000")]
    [InlineData("000000001")]
    [InlineData("00000000")]
    [InlineData("0000000i")]
    [InlineData("0000000l")]
    [InlineData("0000000o")]
    [InlineData("0000000u")]
    [InlineData("0000000A")]
    [InlineData("0000 001")]
    public void What_is_no_id_is_refused(string text) => Assert.False(MemberId.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000001")]
    [InlineData("000000000000000000000000000000001")]
    [InlineData("0000000000000000000000000000000g")]
    [InlineData(" 0000000000000000000000000000001")]
    [InlineData("0000000000000000+000000000000001")]
    public void What_is_no_token_is_refused(string text) => Assert.False(MemberToken.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void The_alphabet_is_in_the_order_of_its_values()
    {
        Assert.Equal("00000001", new MemberId(1).ToString());
        Assert.Equal("0000000z", new MemberId(31).ToString());
        Assert.Equal("00000010", new MemberId(32).ToString());
        Assert.Equal("zzzzzzzz", new MemberId((1UL << MemberId.Bits) - 1).ToString());
        Assert.True(new MemberId(1) < new MemberId(2));
    }
}
