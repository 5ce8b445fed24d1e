using Norris.Options;

namespace Norris.Tests.Options;

public sealed class ValueTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("250us", 250)]
    [InlineData("250µs", 250)]
    [InlineData("50ms", 50_000)]
    [InlineData("50MS", 50_000)]
    [InlineData("1s", 1_000_000)]
    [InlineData("1.5s", 1_500_000)]
    [InlineData(".5s", 500_000)]
    [InlineData("2m", 120_000_000)]
    [InlineData("1440m", 86_400_000_000)]
    public void Durations_are_read(string text, long microseconds)
    {
        Assert.True(DurationValue.TryParse(text, out TimeSpan duration));
        Assert.Equal(microseconds, (long)duration.TotalMicroseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData(" 1s")]
    [InlineData("1 s")]
    [InlineData("NaNs")]
    [InlineData("Infinitys")]
    [InlineData("1441m")]
    [InlineData("1h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationValue.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(250, "250us")]
    [InlineData(1_500, "1.5ms")]
    [InlineData(1_500_000, "1.5s")]
    [InlineData(3_600_000_000, "60m")]
    public void A_shown_duration_reads_back(long microseconds, string text)
    {
        Assert.Equal(text, DurationValue.Format(TimeSpan.FromMicroseconds(microseconds)));
        Assert.True(DurationValue.TryParse(text, out TimeSpan back));
        Assert.Equal(microseconds, (long)back.TotalMicroseconds);
    }

    [Theory]
    [InlineData("67108864", 67_108_864)]
    [InlineData("64MiB", 67_108_864)]
    [InlineData("64mib", 67_108_864)]
    [InlineData("64MB", 64_000_000)]
    [InlineData("64kB", 64_000)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData("2TiB", 2_199_023_255_552)]
    [InlineData("12B", 12)]
    public void Byte_counts_are_read(string text, long bytes)
    {
        Assert.True(ByteCountValue.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("64 MiB")]
    [InlineData("99999999TiB")]
    [InlineData("9223372036854775808")]
    [InlineData("64M")]
    public void What_is_no_byte_count_is_refused(string text) => Assert.False(ByteCountValue.TryParse(text, out _));

    [Theory]
    [InlineData("a", "a", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("lisen", "listen", 1)]
    [InlineData("litsen", "listen", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Edit_distance_counts_a_swap_once(string a, string b, int distance) => Assert.Equal(distance, NearestWord.Distance(a, b));

    [Fact]
    public void Nothing_near_is_no_suggestion()
    {
        Assert.Null(NearestWord.Find("xyzzy", ["listen", "join"]));
        Assert.Null(NearestWord.Find(new string('a', 100_000), ["listen"]));
    }

    [Theory]
    [InlineData("host_1.example-x.org.:1")]
    [InlineData("1.2.3.4:65535")]
    [InlineData("1.example:1")]
    [InlineData("[fe80::1%2]:1")]
    public void Places_are_read(string text) => Assert.True(HostAndPort.TryParse(text, 1, out _, out _));

    [Theory]
    [InlineData(":1")]
    [InlineData("a b:1")]
    [InlineData("-a:1")]
    [InlineData("a..b:1")]
    [InlineData("1.2:1")]
    [InlineData("0127.0.0.1:1")]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("[::1:1")]
    [InlineData("http://a:1")]
    [InlineData("a:")]
    [InlineData("a:+1")]
    [InlineData("a: 1")]
    public void What_is_no_place_is_refused(string text) => Assert.False(HostAndPort.TryParse(text, 1, out _, out _));
}
