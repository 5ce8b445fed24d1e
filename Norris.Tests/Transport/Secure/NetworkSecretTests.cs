using Norris.Transport.Secure;

namespace Norris.Tests.Transport.Secure;

public sealed class NetworkSecretTests
{
    [Fact]
    public void A_new_secret_has_256_bits_and_is_never_the_same()
    {
        string[] secrets = [.. Enumerable.Range(0, 100).Select(_ => NetworkSecret.Create())];
        Assert.All(secrets, secret => Assert.Matches("^[0-9a-hjkmnp-tv-z]{52}$", secret));
        Assert.Equal(100, secrets.Distinct().Count());
        Assert.Null(NetworkSecret.TryRead(secrets[0] + "\n", out IReadOnlyList<string> read));
        Assert.Equal([secrets[0]], read);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("00", "00")]
    [InlineData("FF", "zw")]
    [InlineData("0123456789", "04hmasw9")]
    public void Five_bits_are_a_character(string bytes, string text) => Assert.Equal(text, NetworkSecret.Write(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("sixteen letters!", "sixteen letters!")]
    [InlineData("  sixteen letters!\t\r\n\n", "sixteen letters!")]
    [InlineData("# the new one\nsixteen letters!\n# the old one\nother sixteen letters\n", "sixteen letters!|other sixteen letters")]
    public void Lines_are_secrets(string text, string secrets)
    {
        Assert.Null(NetworkSecret.TryRead(text, out IReadOnlyList<string> read));
        Assert.Equal(secrets.Split('|'), read);
    }

    [Theory]
    [InlineData("", "there is no secret in it")]
    [InlineData("\n# nothing\n", "there is no secret in it")]
    [InlineData("fifteen letters", "a secret in it has 15 characters")]
    [InlineData("sixteen letters!\nshort", "a secret in it has 5 characters")]
    [InlineData("first secret of three\nsecond secret of three\nthird secret of three", "there are 3 secrets in it")]
    [InlineData("sixteen letters!\nsixteen letters!", "the two secrets in it are the same")]
    public void What_is_no_secret_is_said(string text, string mistake)
    {
        Assert.StartsWith(mistake, NetworkSecret.TryRead(text, out IReadOnlyList<string> read), StringComparison.Ordinal);
        Assert.Empty(read);
    }
}
