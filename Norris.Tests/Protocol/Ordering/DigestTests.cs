using Norris.Protocol.Ordering;

namespace Norris.Tests.Protocol.Ordering;

public sealed class DigestTests
{
    /// <summary>From the sanity tables of the reference implementation (xxhsum) and its well-known examples.</summary>
    [Theory]
    [InlineData("", 0UL, "2d06800538d394c2")]
    [InlineData("", 0x9E3779B185EBCA8DUL, "a8a6b918b2f0364a")]
    [InlineData("\0", 0UL, "c44bdff4074eecdb")]
    [InlineData("a", 0UL, "e6c632b61e964e1f")]
    [InlineData("abc", 0UL, "78af5f94892f3950")]
    public void Is_XXH3_with_the_digest_before_as_the_seed(string entry, ulong before, string digest) =>
        Assert.Equal(digest, new Digest(before).After(System.Text.Encoding.UTF8.GetBytes(entry)).ToString());

    [Fact]
    public void Says_in_which_order_the_entries_came()
    {
        Digest one = Digest.Empty.After("a"u8).After("b"u8);
        Digest other = Digest.Empty.After("b"u8).After("a"u8);
        Assert.NotEqual(one, other);
        Assert.NotEqual(Digest.Empty.After("ab"u8), one);
    }
}
