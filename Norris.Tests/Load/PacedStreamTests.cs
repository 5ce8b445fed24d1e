using Norris.Load.Networks;

namespace Norris.Tests.Load;

public sealed class PacedStreamTests
{
    [Fact]
    public void As_much_is_read_as_there_is() => Assert.Equal(100, new PacedStream(new MemoryStream(new byte[100])).Read(new byte[200]));

    [Fact]
    public async Task Nothing_is_read_until_it_may_be()
    {
        var stream = new PacedStream(new MemoryStream(new byte[100])) { BytesPerSecond = 0 };
        Task<int> reading = Task.Run(() => stream.Read(new byte[200]));
        Assert.False(reading.IsCompleted);
        stream.BytesPerSecond = null;
        Assert.Equal(100, await reading);
    }

    [Fact]
    public void A_little_is_read_at_a_time_where_it_is_to_be_slow() =>
        Assert.Equal(50, new PacedStream(new MemoryStream(new byte[100])) { BytesPerSecond = 1000 }.Read(new byte[200]));
}
