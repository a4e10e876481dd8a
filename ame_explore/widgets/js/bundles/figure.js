// Built by ame_explore/widgets/js/build.js; sources: sha256 0e8cc0a16e76cd25e3c98482ba50cdc2ec911afa48c626910bb1faa1fd9c8645
var h=()=>(performance.timeOrigin+performance.now())/1e3;var B=.4,lt=3,ct={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function j(s,t){if(Array.isArray(s))return s.
map(e=>j(e,t));if(s===null||typeof s!="object")return s;if("buffer"in s&&"dtype"in s){let e=t[s.buffer],i=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new ct[s.dtype](i),{shape:s.shape})}
return Object.fromEntries(Object.entries(s).map(([e,n])=>[e,j(n,t)]))}var M=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=h(),this.pingedAt=-1/0,this.onMessage=(e,n)=>this.receive(e,n),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:h()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,o]of Object.entries(
this.kept))t.retained?.(i,o);this.frame&&!(this.frame.moving&&this.age(this.frame)>B)&&t.draw(this.frame);let n=this.there;
return this.look(),n&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(o=>o.seen&&o.el.isConnected),n=!t.some(o=>o.el.isConnected);if(e===this.there&&n===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,n],!(e&&!i)&&(this.heardAt=this.freshAt=h(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:n}))}watch(){if(this.look(),!this.there)return;let t=h()-this.heardAt;t>(this.frame?.moving?1:4)&&h()-
this.pingedAt>=1&&(this.pingedAt=h(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=h(),t.type==="hello"){let{page:i,t:o,time:a}=t;i===this.page&&(this.
high=Math.min(this.high,a-o));return}let n=j(t,e);if(t.type==="frame"){this.low=Math.max(this.low,n.time-h());let i=n.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[n.time-h(),1/0]);let o=this.
waiting!==null;this.waiting=n,o||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=n;for(let i of this.
views)i.retained?.(t.type,n)}else for(let i of this.views)i.message?.(n,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,h()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=h(),n=this.age(t),i=n>B,o=i&&e-this.freshAt<lt;if(!o){i||(this.freshAt=e),this.frame=t,this.drawnAge=n;for(let a of this.
views)try{a.draw(t),a.late?.(i?n:0)}catch(d){console.error("ame_explore: a view could not be drawn",d)}this.drawMs=1e3*(h()-
e)}this.oldest=Math.max(this.oldest,o?0:n),!(!t.ask&&!o)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(o?n:this.oldest),stale:o}),
this.oldest=0)}};function P(s){return()=>{let t;return{initialize({model:e}){return t=new M(e),()=>t.close()},render({el:e}){
let n=s(t,e),i=t.mount(n);return()=>{i(),n.close?.()}}}}}var ft=new Set(["svg","path"]),N={text:"textContent",value:"value",checked:"checked"};function w(s,t={},...e){let n=ft.has(
s)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(n,s);i.append(...e.flat(1/0).filter(
o=>o!=null&&o!==!1));for(let[o,a]of Object.entries(t))a==null||a===!1||(o.startsWith("on")?i.addEventListener(o.slice(2),
a):o in N?i[N[o]]=a:i.setAttribute(o,a===!0?"":String(a)));return i}function b(){let s=document.body.dataset.jpThemeLight;return s!==void 0?s==="false":document.body.classList.contains("vs\
code-dark")}var $={"#1a1a1a":"#ececec","#5a5a5a":"#b8b8b8","#e4e4e4":"#3c3c3c","#0072B2":"#4a9fd8"};var y="#111111",ht={...Object.fromEntries(Object.entries($).map(([s,t])=>[s.toLowerCase(),t])),white:y,"#fff":y,"#ffffff":y,
"#440154":"#9a75c4","#482878":"#8a7fcd","#3e4989":"#7387c9","#31688e":"#5a97bb","#00224e":"#6a86b8","#123570":"#6d8cc0",
"#3b496c":"#7d8cae","#e5ecf6":"#1c222b","#2a3f5f":"#d7dfeb"},ut=new Set(["hovertext","hovertemplate","customdata","ids",
"x","y","z","name","labels","ticktext"]),dt=new Set(["heatmap","contour","surface","image"]),pt=new Set(["colorscale","c\
ontours","line"]),mt=new Set(["shadow","color"]);function q(s){let t=ht[s.toLowerCase()];if(t)return t;let e=/^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.
exec(s);if(e){let[n,i,o]=e.slice(1,4).map(Number);if(n===i&&i===o)return`rgba(${[1,2,3].map(()=>n>200?17:270-n).join()},${e[4]}\
)`}return s}function C(s,t=""){if(typeof s=="string")return t==="shadow"?s.replaceAll("white",y):t==="text"?s.replace(/color: ?(#\w{6})/g,
(n,i)=>`color:${q(i)}`):q(s);if(s===null||typeof s!="object"||ArrayBuffer.isView(s)||ut.has(t))return s;if(Array.isArray(
s))return t==="text"||typeof s[0]=="number"&&typeof s[1]!="string"?s:s.map(n=>C(n,t));let e=dt.has(s.type)?pt:/black/.test(
s.shadow)?mt:null;return Object.fromEntries(Object.entries(s).map(([n,i])=>[n,e?.has(n)?i:C(i,n)]))}function K(s){if(!b())
return s;let{data:t,layout:e}=C({data:s.data,layout:s.layout}),n={bgcolor:"rgba(0,0,0,0)",color:"#8f8f8f",activecolor:"#\
ececec"};e.modebar={...n,...e.modebar},e.newselection={line:{color:"#ececec"},...e.newselection},e.paper_bgcolor??=y,e.plot_bgcolor??=
y;let i=o=>({bgcolor:"#2b2b2b",...o,font:{...o.font,color:"#8f8f8f"}});return e.updatemenus&&(e.updatemenus=e.updatemenus.
map(i)),{data:t,layout:e}}var V=Symbol.for("ame_explore.plotly"),W=globalThis;function Y(){let s=W[V];if(!s){let t=()=>{},e=new Promise(n=>t=n);W[V]=
s={promise:e,resolve:t,ready:!1,asked:-1/0}}return s}function I(s){let t=Y();return!t.ready&&h()-t.asked>10&&(t.asked=h(),
s.send({type:"need"})),t.promise}async function G(s){let t=Y();if(!t.ready){t.ready=!0;try{let e=s,n=new Blob([e]).stream().
pipeThrough(new DecompressionStream("gzip")),i=await new Response(n).text(),o={exports:{}};new Function("module","export\
s","define",i)(o,o.exports,void 0),t.resolve(o.exports)}catch(e){console.error("ame_explore: plotly.js could not be load\
ed",e),t.ready=!1}}}var H=s=>!s.some(t=>t.customdata);function U(s,t,e){if(s.meta?.role==="places")return[];let n=e?t:s.customdata?.[t];return(typeof n==
"object"&&n!==null?Array.from(n):[n]).filter(o=>typeof o=="number"&&Number.isInteger(o)).map(Number)}function J(s,t){let e=H(
t);return[...new Set((s?.points??[]).flatMap(({fullData:n,pointNumber:i})=>U(n,i,e)))]}function Q(s){let t=s?.points.find(
({fullData:e})=>e.meta?.role==="places");return t?Number(t.fullData.customdata?.[t.pointNumber]):null}function X(s,t){return s.mode==="lines"||s.meta?.role?0:(t?s.x:s.customdata)?.length??0}function Z(s,t,e){let n=[],i=t.size?
X(s,e):0;for(let o=0;o<i;o++)U(s,o,e).some(a=>t.has(a))&&n.push(o);return n}function gt(s,t,e){let n=Z(t,e,!1),i=n.length>
400?[]:n,o=d=>i.flatMap(p=>[d?.[3*p]??null,d?.[3*p+1]??null,null]),a=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||1)));
return{x:o(s.x),y:o(s.y),opacity:a}}function D(s,t){let e=new Map,n=H(s);return s.forEach((i,o)=>{let a=i.meta?.role;if(a===
"lit")e.set(o,gt(s[o-1],s[o+1],t));else{if(i.visible===!1)return;a==="segments"?e.set(o,{opacity:t.size?.3:1}):X(i,n)&&e.
set(o,{selectedpoints:t.size?Z(i,t,n):null})}}),e}function tt(s,t,e){let n=(i,o)=>o.selectedpoints!==void 0?e&&t[i].visible!==
"legendonly":o.x?.length===0&&!((t[i].x?.length??0)>0);return new Map([...s].filter(([i,o])=>!n(i,o)))}function et(s){let t=[
...s.values()],e=[...new Set(t.flatMap(n=>Object.keys(n)))];return[Object.fromEntries(e.map(n=>[n,t.map(i=>i[n])])),[...s.
keys()]]}var A=(s,t)=>s.size===t.size&&[...s].every(e=>t.has(e));function T(s){if(ArrayBuffer.isView(s)){let t=s;if(t.shape?.length!==2)return t;let[e,n]=t.shape;return Array.from({length:e},
(i,o)=>t.subarray(o*n,(o+1)*n))}return Array.isArray(s)?s.map(T):s===null||typeof s!="object"?s:Object.fromEntries(Object.
entries(s).map(([t,e])=>[t,T(e)]))}function yt(s,t){let e=w("div",{class:"ame-figure-plot","data-testid":"figure-plot",role:"\
img"}),n=w("p",{class:"ame-figure-sentence","data-testid":"figure-sentence","aria-live":"polite"}),i=w("p",{class:"ame-f\
igure-note","data-testid":"figure-note",role:"status"}),o=w("div",{class:"ame-figure","data-testid":"figure-view"},e,n,i);
t.append(o),i.textContent="Drawing…";let a=null,d=null,p=null,_=!1,g=!1,O=!1,S=new Set,f={ids:S,before:S,at:-1/0,own:!1,
revision:0},v={ids:S,revision:0};function F(r,l=!1){Object.assign(f,{before:f.ids,ids:new Set(r),at:h(),own:l}),s.send({
type:"select",ids:r}),setTimeout(m)}function st(r){let l=new Set(r),c=A(l,f.before)&&h()-f.at<1;A(l,f.ids)||c||(Object.assign(
f,{ids:l,before:l,own:!1,revision:f.revision+1}),m())}function nt(){_=!0,e.on("plotly_selected",r=>{r&&!g&&L(r,r.points.
length>0)}),e.on("plotly_click",r=>{r&&!g&&L(r,!1)}),e.on("plotly_deselect",()=>{g||F([])})}function L(r,l){let c=J(r,e.
data),u=Q(r);c.length||u===null?F(c,l):s.send({type:"place",place:u})}async function it(r,l){let c=T(l.figure),{data:u,layout:E}=K(
{data:c.data??[],layout:c.layout??{}});if(f.ids.size)for(let[rt,at]of D(u,f.ids))Object.assign(u[rt],at);let x={uirevision:"\
live",...E,autosize:!0,height:l.height};f.revision!==v.revision&&(x.selections=[]),x.selectionrevision=f.revision,delete x.
width,e.style.height=`${l.height}px`,await r.react(e,u,x,{responsive:!0,displaylogo:!1,showSendToCloud:!1}),_||nt()}async function ot(r){
let[l,c]=et(tt(D(e.data,f.ids),e.data,f.own)),u=f.revision!==v.revision,E=u?{selections:[],selectionrevision:f.revision}:
{};(c.length||u)&&await r.update(e,l,E,c)}async function m(){if(!(g||!a||O)){if(!e.clientWidth){requestAnimationFrame(()=>{
e.clientWidth&&m()});return}for(g=!0;!O&&(d||p&&!A(v.ids,f.ids));){let[r,l]=[d,{ids:f.ids,revision:f.revision}];d=null,r&&
(p=r);let c=p;try{r?await it(a,r):await ot(a),i.textContent=""}catch(u){i.textContent=`The figure could not be drawn: ${u instanceof
Error?u.message:u}`}v=l,e.setAttribute("aria-label",c.sentence||c.figure.layout?.title?.text||"figure"),n.textContent!==
c.sentence&&(n.textContent=c.sentence),o.dataset.drawn=String(c.n),o.dataset.selected=String(f.ids.size)}g=!1}}let R=new ResizeObserver(
()=>{d&&m()});R.observe(e);let k=b(),z=new MutationObserver(()=>{b()!==k&&(k=!k,d??=p,m())});return z.observe(document.body,
{attributes:!0,attributeFilter:["data-jp-theme-light","class"]}),I(s).then(r=>{a=r,m()}),{el:o,draw(r){d=r,m()},retained(r,l){
r==="selection"&&st(l.selection)},message(r,l){r.type==="library"&&G(l[0])},silent(r,l){a||I(s);let c=l?"Python has stop\
ped: run the cell again.":r?`No answer from Python for ${Math.round(r)} s.`:"";(c||i.dataset.quiet)&&(i.textContent=c),i.
dataset.quiet=c},close(){O=!0,z.disconnect(),R.disconnect(),a&&a.purge(e)}}}var Lt=P(yt);export{Lt as default,T as rows};
