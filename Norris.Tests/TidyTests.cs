namespace Norris.Tests;

public sealed class TidyTests
{
    [Fact]
    public void House_stands() => Assert.True(File.Exists(typeof(TidyTests).Assembly.Location));
}
