// Built by ame_explore/widgets/js/build.js; sources: sha256 9aab627648b27528f9bded16fb8f783c9967cf6e17cbfe0796af28d779d71228
var h=()=>(performance.timeOrigin+performance.now())/1e3;var B=.4,at=3,lt={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function j(e,t){if(Array.isArray(e))return e.
map(s=>j(s,t));if(e===null||typeof e!="object")return e;if("buffer"in e&&"dtype"in e){let s=t[e.buffer],i=ArrayBuffer.isView(
s)?s.buffer.slice(s.byteOffset,s.byteOffset+s.byteLength):s.slice(0);return Object.assign(new lt[e.dtype](i),{shape:e.shape})}
return Object.fromEntries(Object.entries(e).map(([s,n])=>[s,j(n,t)]))}var M=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=h(),this.pingedAt=-1/0,this.onMessage=(s,n)=>this.receive(s,n),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:h()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let s=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});s.observe(t.el);for(let[i,o]of Object.entries(
this.kept))t.retained?.(i,o);this.frame&&!(this.frame.moving&&this.age(this.frame)>B)&&t.draw(this.frame);let n=this.there;
return this.look(),n&&this.tell({type:"ready",have:this.have()}),()=>{s.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,s])=>[t,s.retained]))}look(){let t=[...this.views],s=!document.
hidden&&t.some(o=>o.seen&&o.el.isConnected),n=!t.some(o=>o.el.isConnected);if(s===this.there&&n===this.left)return;let i=s&&
!this.there;[this.there,this.left]=[s,n],!(s&&!i)&&(this.heardAt=this.freshAt=h(),this.tell(s?{type:"ready",have:this.have()}:
{type:"away",left:n}))}watch(){if(this.look(),!this.there)return;let t=h()-this.heardAt;t>(this.frame?.moving?1:4)&&h()-
this.pingedAt>=1&&(this.pingedAt=h(),this.tell({type:"ping",have:this.have()}));for(let s of this.views)s.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,s=[]){if(this.heardAt=h(),t.type==="hello"){let{page:i,t:o,time:a}=t;i===this.page&&(this.
high=Math.min(this.high,a-o));return}let n=j(t,s);if(t.type==="frame"){this.low=Math.max(this.low,n.time-h());let i=n.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[n.time-h(),1/0]);let o=this.
waiting!==null;this.waiting=n,o||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=n;for(let i of this.
views)i.retained?.(t.type,n)}else for(let i of this.views)i.message?.(n,s)}age(t){let s=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,h()+s-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let s=h(),n=this.age(t),i=n>B,o=i&&s-this.freshAt<at;if(!o){i||(this.freshAt=s),this.frame=t,this.drawnAge=n;for(let a of this.
views)try{a.draw(t),a.late?.(i?n:0)}catch(d){console.error("ame_explore: a view could not be drawn",d)}this.drawMs=1e3*(h()-
s)}this.oldest=Math.max(this.oldest,o?0:n),!(!t.ask&&!o)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(o?n:this.oldest),stale:o}),
this.oldest=0)}};function P(e){return()=>{let t;return{initialize({model:s}){return t=new M(s),()=>t.close()},render({el:s}){
let n=e(t,s),i=t.mount(n);return()=>{i(),n.close?.()}}}}}var ct=new Set(["svg","path"]),N={text:"textContent",value:"value",checked:"checked"};function w(e,t={},...s){let n=ct.has(
e)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(n,e);i.append(...s.flat(1/0).filter(
o=>o!=null&&o!==!1));for(let[o,a]of Object.entries(t))a==null||a===!1||(o.startsWith("on")?i.addEventListener(o.slice(2),
a):o in N?i[N[o]]=a:i.setAttribute(o,a===!0?"":String(a)));return i}function b(){let e=document.body.dataset.jpThemeLight;return e!==void 0?e==="false":document.body.classList.contains("vs\
code-dark")}var z={"#1a1a1a":"#ececec","#5a5a5a":"#b8b8b8","#e4e4e4":"#3c3c3c","#0072B2":"#4a9fd8"};var g="#111111",ft={...Object.fromEntries(Object.entries(z).map(([e,t])=>[e.toLowerCase(),t])),white:g,"#fff":g,"#ffffff":g,
"#440154":"#9a75c4","#482878":"#8a7fcd","#3e4989":"#7387c9","#31688e":"#5a97bb","#00224e":"#6a86b8","#123570":"#6d8cc0",
"#3b496c":"#7d8cae","#e5ecf6":"#1c222b","#2a3f5f":"#d7dfeb"},ht=new Set(["hovertext","hovertemplate","customdata","ids",
"x","y","z","name","labels","ticktext"]),ut=new Set(["heatmap","contour","surface","image"]),dt=new Set(["colorscale","c\
ontours","line"]),pt=new Set(["shadow","color"]);function $(e){let t=ft[e.toLowerCase()];if(t)return t;let s=/^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.
exec(e);if(s){let[n,i,o]=s.slice(1,4).map(Number);if(n===i&&i===o)return`rgba(${[1,2,3].map(()=>n>200?17:270-n).join()},${s[4]}\
)`}return e}function C(e,t=""){if(typeof e=="string")return t==="shadow"?e.replaceAll("white",g):t==="text"?e.replace(/color: ?(#\w{6})/g,
(n,i)=>`color:${$(i)}`):$(e);if(e===null||typeof e!="object"||ArrayBuffer.isView(e)||ht.has(t))return e;if(Array.isArray(
e))return t==="text"||typeof e[0]=="number"&&typeof e[1]!="string"?e:e.map(n=>C(n,t));let s=ut.has(e.type)?dt:/black/.test(
e.shadow)?pt:null;return Object.fromEntries(Object.entries(e).map(([n,i])=>[n,s?.has(n)?i:C(i,n)]))}function q(e){if(!b())
return e;let{data:t,layout:s}=C({data:e.data,layout:e.layout}),n={bgcolor:"rgba(0,0,0,0)",color:"#8f8f8f",activecolor:"#\
ececec"};s.modebar={...n,...s.modebar},s.newselection={line:{color:"#ececec"},...s.newselection},s.paper_bgcolor??=g,s.plot_bgcolor??=
g;let i=o=>({bgcolor:"#2b2b2b",...o,font:{...o.font,color:"#8f8f8f"}});return s.updatemenus&&(s.updatemenus=s.updatemenus.
map(i)),{data:t,layout:s}}var K=Symbol.for("ame_explore.plotly"),V=globalThis;function Y(){let e=V[K];if(!e){let t=()=>{},s=new Promise(n=>t=n);V[K]=
e={promise:s,resolve:t,ready:!1,asked:-1/0}}return e}function I(e){let t=Y();return!t.ready&&h()-t.asked>10&&(t.asked=h(),
e.send({type:"need"})),t.promise}async function G(e){let t=Y();if(!t.ready){t.ready=!0;try{let s=e,n=new Blob([s]).stream().
pipeThrough(new DecompressionStream("gzip")),i=await new Response(n).text(),o={exports:{}};new Function("module","export\
s","define",i)(o,o.exports,void 0),t.resolve(o.exports)}catch(s){console.error("ame_explore: plotly.js could not be load\
ed",s),t.ready=!1}}}var H=e=>!e.some(t=>t.customdata);function W(e,t,s){if(e.meta?.role==="places")return[];let n=s?t:e.customdata?.[t];return(typeof n==
"object"&&n!==null?Array.from(n):[n]).filter(o=>typeof o=="number"&&Number.isInteger(o)).map(Number)}function U(e,t){let s=H(
t);return[...new Set((e?.points??[]).flatMap(({fullData:n,pointNumber:i})=>W(n,i,s)))]}function J(e){let t=e?.points.find(
({fullData:s})=>s.meta?.role==="places");return t?Number(t.fullData.customdata?.[t.pointNumber]):null}function Q(e,t){return e.mode==="lines"||e.meta?.role?0:(t?e.x:e.customdata)?.length??0}function X(e,t,s){let n=[],i=t.size?
Q(e,s):0;for(let o=0;o<i;o++)W(e,o,s).some(a=>t.has(a))&&n.push(o);return n}function mt(e,t,s){let n=X(t,s,!1),i=n.length>
400?[]:n,o=d=>i.flatMap(p=>[d?.[3*p]??null,d?.[3*p+1]??null,null]),a=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||1)));
return{x:o(e.x),y:o(e.y),opacity:a}}function D(e,t){let s=new Map,n=H(e);return e.forEach((i,o)=>{let a=i.meta?.role;if(a===
"lit")s.set(o,mt(e[o-1],e[o+1],t));else{if(i.visible===!1)return;a==="segments"?s.set(o,{opacity:t.size?.3:1}):Q(i,n)&&s.
set(o,{selectedpoints:t.size?X(i,t,n):null})}}),s}function Z(e,t,s){let n=(i,o)=>o.selectedpoints!==void 0?s&&t[i].visible!==
"legendonly":o.x?.length===0&&!((t[i].x?.length??0)>0);return new Map([...e].filter(([i,o])=>!n(i,o)))}function tt(e){let t=[
...e.values()],s=[...new Set(t.flatMap(n=>Object.keys(n)))];return[Object.fromEntries(s.map(n=>[n,t.map(i=>i[n])])),[...e.
keys()]]}var A=(e,t)=>e.size===t.size&&[...e].every(s=>t.has(s));function T(e){if(ArrayBuffer.isView(e)){let t=e;if(t.shape?.length!==2)return t;let[s,n]=t.shape;return Array.from({length:s},
(i,o)=>t.subarray(o*n,(o+1)*n))}return Array.isArray(e)?e.map(T):e===null||typeof e!="object"?e:Object.fromEntries(Object.
entries(e).map(([t,s])=>[t,T(s)]))}function gt(e,t){let s=w("div",{class:"ame-figure-plot","data-testid":"figure-plot",role:"\
img"}),n=w("p",{class:"ame-figure-sentence","data-testid":"figure-sentence","aria-live":"polite"}),i=w("p",{class:"ame-f\
igure-note","data-testid":"figure-note",role:"status"}),o=w("div",{class:"ame-figure","data-testid":"figure-view"},s,n,i);
t.append(o),i.textContent="Drawing…";let a=null,d=null,p=null,_=!1,m=!1,O=!1,S=new Set,f={ids:S,before:S,at:-1/0,own:!1,
revision:0},v={ids:S,revision:0};function F(r,l=!1){Object.assign(f,{before:f.ids,ids:new Set(r),at:h(),own:l}),e.send({
type:"select",ids:r}),setTimeout(y)}function et(r){let l=new Set(r),c=A(l,f.before)&&h()-f.at<1;A(l,f.ids)||c||(Object.assign(
f,{ids:l,before:l,own:!1,revision:f.revision+1}),y())}function st(){_=!0,s.on("plotly_selected",r=>{r&&!m&&L(r,r.points.
length>0)}),s.on("plotly_click",r=>{r&&!m&&L(r,!1)}),s.on("plotly_deselect",()=>{m||F([])})}function L(r,l){let c=U(r,s.
data),u=J(r);c.length||u===null?F(c,l):e.send({type:"place",place:u})}async function nt(r,l){let c=T(l.figure),{data:u,layout:E}=q(
{data:c.data??[],layout:c.layout??{}});if(f.ids.size)for(let[ot,rt]of D(u,f.ids))Object.assign(u[ot],rt);let x={uirevision:"\
live",...E,autosize:!0,height:l.height};f.revision!==v.revision&&(x.selections=[]),x.selectionrevision=f.revision,delete x.
width,s.style.height=`${l.height}px`,await r.react(s,u,x,{responsive:!0,displaylogo:!1,showSendToCloud:!1}),_||st()}async function it(r){
let[l,c]=tt(Z(D(s.data,f.ids),s.data,f.own)),u=f.revision!==v.revision,E=u?{selections:[],selectionrevision:f.revision}:
{};(c.length||u)&&await r.update(s,l,E,c)}async function y(){if(!(m||!a||O)){for(m=!0;!O&&(d||p&&!A(v.ids,f.ids));){let[
r,l]=[d,{ids:f.ids,revision:f.revision}];d=null,r&&(p=r);let c=p;try{r?await nt(a,r):await it(a),i.textContent=""}catch(u){
i.textContent=`The figure could not be drawn: ${u instanceof Error?u.message:u}`}v=l,s.setAttribute("aria-label",c.sentence||
c.figure.layout?.title?.text||"figure"),n.textContent!==c.sentence&&(n.textContent=c.sentence),o.dataset.drawn=String(c.
n),o.dataset.selected=String(f.ids.size)}m=!1}}let k=b(),R=new MutationObserver(()=>{b()!==k&&(k=!k,d??=p,y())});return R.
observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","class"]}),I(e).then(r=>{a=r,y()}),{el:o,draw(r){
d=r,y()},retained(r,l){r==="selection"&&et(l.selection)},message(r,l){r.type==="library"&&G(l[0])},silent(r,l){a||I(e);let c=l?
"Python has stopped: run the cell again.":r?`No answer from Python for ${Math.round(r)} s.`:"";(c||i.dataset.quiet)&&(i.
textContent=c),i.dataset.quiet=c},close(){O=!0,R.disconnect(),a&&a.purge(s)}}}var Ft=P(gt);export{Ft as default,T as rows};
